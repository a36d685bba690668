/** A phone held upright: the matrix in the header of an MP4's first track. ffmpeg 5 writes it from a tag, ffmpeg 7 from an option. */
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';

/** @returns the path of a copy a player turns clockwise by so many degrees. */
export async function turnClip(path: string, degrees: 90 | 270): Promise<string> {
  const turned = join(dirname(path), `turned-${degrees}${extname(path)}`);
  await copyFile(path, turned);
  const bytes = await readFile(turned);
  // ISO 14496-12, version 0: flags, 20 bytes of times and id, 16 of others, then nine numbers, and width and height in 16.16.
  const matrix = bytes.indexOf('tkhd') + 44;
  const [width, height] = [bytes.readUInt32BE(matrix + 36), bytes.readUInt32BE(matrix + 40)];
  const sine = degrees === 90 ? 0x10000 : -0x10000;
  const [x, y] = degrees === 90 ? [height, 0] : [0, width];
  [0, sine, 0, -sine, 0, 0, x, y, 0x40000000].forEach((value, index) => {
    bytes.writeInt32BE(value, matrix + index * 4);
  });
  await writeFile(turned, bytes);
  return turned;
}
