import decodeEntries from 'decode-ico';
import { FaultyPicture, refuseIfTooLarge } from './faulty-picture.ts';
import type { Decoded } from './to-png.ts';

/** An entry of the directory: 6 bytes of header, then 16 for each. */
const entryBytes = 16;
const headerBytes = 6;

/** The largest picture of the icon. The directory says sizes as bytes; a bitmap's own header can lie, so it is looked at too. */
export async function decodeIco(bytes: Buffer): Promise<Decoded> {
  const count = bytes.readUInt16LE(4);
  for (let index = 0; index < count; index++) {
    const offset = bytes.readUInt32LE(headerBytes + index * entryBytes + 12);
    const [width, height] = [bytes.readInt32LE(offset + 4), bytes.readInt32LE(offset + 8)];
    const isPng = bytes.readUInt32BE(offset) === 0x89504e47;
    if (!isPng) refuseIfTooLarge(width, Math.abs(height));
  }
  const [largest] = decodeEntries(bytes).sort((a, b) => b.width * b.height - a.width * a.height);
  if (largest === undefined) throw new FaultyPicture('The icon file holds no picture.');
  refuseIfTooLarge(largest.width, largest.height);
  if (largest.type === 'png') return { png: largest.data as Uint8Array };
  return { rgba: new Uint8Array(largest.data), width: largest.width, height: largest.height };
}
