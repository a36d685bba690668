import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

export type Decoded =
  /** Pixels, four bytes each, alpha last; with the profile they are meant in. */
  | { readonly rgba: Uint8Array; readonly width: number; readonly height: number; readonly icc?: Buffer }
  | { readonly png: Uint8Array };

/** Bytes before the first chunk after IHDR: signature 8, length 4, name 4, data 13, checksum 4. */
const headerBytes = 33;

export async function toPng(decoded: Decoded): Promise<Buffer> {
  if ('png' in decoded) return Buffer.from(decoded.png);
  const { rgba, width, height, icc } = decoded;
  const raw = { width, height, channels: 4 as const };
  const picture = sharp(rgba, { raw });
  const png = await (isOpaque(rgba) ? picture.removeAlpha() : picture).png({ compressionLevel: 1 }).toBuffer();
  if (icc === undefined) return png;
  return Buffer.concat([png.subarray(0, headerBytes), profileChunk(icc), png.subarray(headerBytes)]);
}

/** Decoders give four bytes whether or not the file has transparency; a photograph is to be told from a cut-out. */
function isOpaque(rgba: Uint8Array): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return false;
  return true;
}

/** PNG §11.3.2.3 iCCP: a name, a zero, the method 0, the deflated profile. sharp itself can only convert into a profile. */
function profileChunk(icc: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('iCCPprofile\0\0', 'latin1'), deflateSync(icc)]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length - 4);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
