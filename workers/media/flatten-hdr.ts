import { setImmediate as breathe } from 'node:timers/promises';
import sharp, { type Sharp } from 'sharp';

/** How the numbers of an HDR picture stand for light. */
export type HdrTransfer = 'pq' | 'hlg';

/** What the box `colr` of an AVIF says (ISO/IEC 23008-12 §6.5.5, numbers of ITU-T H.273); undefined for ordinary pictures. */
export function hdrTransfer(head: Uint8Array): HdrTransfer | undefined {
  const bytes = Buffer.from(head);
  const at = bytes.indexOf('colrnclx', 0, 'latin1');
  if (at < 0 || at + 12 > bytes.length) return undefined;
  const transfer = bytes.readUInt16BE(at + 10);
  return transfer === 16 ? 'pq' : transfer === 18 ? 'hlg' : undefined;
}

/** Light of white paper in HDR, in cd/m² (ITU-R BT.2408): white on an ordinary screen. */
const paperWhite = 203;

const codes = 65_536;

/** SMPTE ST 2084: part of the full code → cd/m². */
function fromPq(code: number): number {
  const root = code ** (4096 / (2523 * 128));
  return 10_000 * (Math.max(0, root - 3424 / 4096) / (2413 / 128 - (2392 / 128) * root)) ** (16_384 / 2610);
}

/** ITU-R BT.2100 HLG on a screen of 1000 cd/m²; its gamma on each channel, which is what sets tell apart least. */
function fromHlg(code: number): number {
  const scene = code <= 0.5 ? (code * code) / 3 : (Math.exp((code - 0.559_910_73) / 0.178_832_77) + 0.284_668_92) / 12;
  return 1000 * scene ** 1.2;
}

/** BT.2020 to sRGB's primaries, linear (ITU-R BT.2087 inverse). */
const toSrgb = [
  [1.6605, -0.5876, -0.0728],
  [-0.1246, 1.1329, -0.0083],
  [-0.0182, -0.1006, 1.1187],
] as const;

const srgbSteps = 4096;
const srgbCode = Uint8Array.from({ length: srgbSteps + 1 }, (_, step) => {
  const light = step / srgbSteps;
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
});

/** Samples between two looks at what else is to be done. */
const chunkPixels = 500_000;

/**
 * An HDR picture as an ordinary one: light brought into the range of a screen by the curve of Reinhard, whose white is the
 * brightest part of this picture, so that one without highlights stays as it is. Hues are kept: all channels of a pixel are
 * scaled alike. @returns a PNG in sRGB
 */
export async function flattenHdr(picture: Sharp, transfer: HdrTransfer): Promise<Buffer> {
  const deep = picture.removeAlpha().toColourspace('rgb16').raw({ depth: 'ushort' });
  const { data, info } = await deep.toBuffer({ resolveWithObject: true });
  const samples = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  const decode = transfer === 'pq' ? fromPq : fromHlg;
  const light = Float32Array.from({ length: codes }, (_, code) => decode(code / (codes - 1)) / paperWhite);
  const white = brightest(samples, light);
  const flat = new Uint8Array(samples.length);
  for (let at = 0; at < samples.length; at += chunkPixels * 3) {
    flattenRange(samples, flat, light, white, at, Math.min(samples.length, at + chunkPixels * 3));
    await breathe();
  }
  const raw = { width: info.width, height: info.height, channels: 3 as const };
  return sharp(flat, { raw }).png({ compressionLevel: 1 }).toBuffer();
}

/** Light that one sample in a thousand exceeds; at least paper white. */
function brightest(samples: Uint16Array, light: Float32Array): number {
  const counts = new Uint32Array(codes);
  for (const sample of samples) counts[sample] = (counts[sample] ?? 0) + 1;
  let left = samples.length / 1000;
  let code = codes - 1;
  while (code > 0 && left > (counts[code] ?? 0)) {
    left -= counts[code] ?? 0;
    code -= 1;
  }
  return Math.max(1, light[code] ?? 1);
}

function flattenRange(
  samples: Uint16Array,
  flat: Uint8Array,
  light: Float32Array,
  white: number,
  from: number,
  to: number,
): void {
  for (let at = from; at < to; at += 3) {
    const r = light[samples[at] as number] as number;
    const g = light[samples[at + 1] as number] as number;
    const b = light[samples[at + 2] as number] as number;
    const most = Math.max(r, g, b);
    const scale = (1 + most / (white * white)) / (1 + most);
    for (let channel = 0; channel < 3; channel++) {
      const [fromR, fromG, fromB] = toSrgb[channel] as (typeof toSrgb)[0];
      const linear = Math.min(1, Math.max(0, (fromR * r + fromG * g + fromB * b) * scale));
      flat[at + channel] = srgbCode[Math.round(linear * srgbSteps)] as number;
    }
  }
}
