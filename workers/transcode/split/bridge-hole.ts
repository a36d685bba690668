import { open } from 'node:fs/promises';
import type { Bridge } from './access.ts';

/** Both are longer than the longest header. */
const lookBytes = 16;

/** Writes the header of an element that fills the hole; where there is none (the file was fetched whole) the file stays as it is. */
export async function bridgeHole(path: string, { element, at, bytes }: Bridge): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(lookBytes), 0, lookBytes, at);
    if (bytesRead < lookBytes || buffer.some((byte) => byte !== 0)) return;
    const header = headers[element](bytes);
    await file.write(header, 0, header.length, at);
  } finally {
    await file.close();
  }
}

const headers = {
  /** Size 1: the size follows the type, in eight bytes. */
  free(bytes: number): Buffer {
    const header = Buffer.alloc(16);
    header.writeUInt32BE(1, 0);
    header.write('free', 4, 'latin1');
    header.writeBigUInt64BE(BigInt(bytes), 8);
    return header;
  },
  /** Id 0xEC; a size of eight bytes, of which 0x01 is the marker, counts what follows. */
  void(bytes: number): Buffer {
    const header = Buffer.alloc(9);
    header.writeBigUInt64BE(BigInt(bytes - header.length), 1);
    header.writeUInt8(0xec, 0);
    header.writeUInt8(0x01, 1);
    return header;
  },
};
