import { decode } from 'bmp-ts';
import { refuseIfTooLarge } from './faulty-picture.ts';
import type { Decoded } from './to-png.ts';

/** Width and height stand at 18 and 22 in every header but OS/2's, which has 16 bits at 18 and 20; a negative height is top-down. */
export async function decodeBmp(bytes: Buffer): Promise<Decoded> {
  const isOs2 = bytes.readUInt32LE(14) === 12;
  const [width, height] = isOs2
    ? [bytes.readUInt16LE(18), bytes.readUInt16LE(20)]
    : [bytes.readInt32LE(18), Math.abs(bytes.readInt32LE(22))];
  refuseIfTooLarge(width, height);
  const picture = decode(bytes, { toRGBA: true });
  return { rgba: visible(picture.data), width: picture.width, height: Math.abs(picture.height) };
}

/** Many programs leave the fourth byte 0 and mean opaque. */
function visible(rgba: Buffer): Buffer {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 0) return rgba;
  for (let at = 3; at < rgba.length; at += 4) rgba[at] = 255;
  return rgba;
}
