import type { FileHandle } from 'node:fs/promises';

/** ffmpeg looks at the first packets of every stream before it begins. */
export const firstLook = 2 * 1024 ** 2;

/** So many bytes from here; zeros beyond the end of the file. */
export async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const { buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, position);
  return buffer;
}
