import type { Sample } from './take-sample.ts';

const sidePx = 32;
const frequencies = 8;

/**
 * 64 bits that stay nearly the same when a picture is scaled, recompressed or brightened: the signs of its lowest
 * frequencies against their median (a DCT of 32×32 grey, the 8×8 of lowest frequency). Of the same picture two hashes differ
 * in up to 10 bits, of different ones in about 26 (reference: images-documents.md).
 */
export async function hashPicture(sample: Sample): Promise<string> {
  const grey = await sample
    .start()
    .flatten({ background: '#808080' })
    .resize({ width: sidePx, height: sidePx, fit: 'fill' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  const values: number[] = [];
  for (let v = 0; v < frequencies; v++) for (let u = 0; u < frequencies; u++) values.push(dct(grey, u, v));
  const median = [...values.slice(1)].sort((a, b) => a - b)[31] ?? 0;
  let hash = 0n;
  for (const value of values) hash = (hash << 1n) | (value > median ? 1n : 0n);
  return hash.toString(16).padStart(16, '0');
}

/** One coefficient of the DCT-II; its scale does not matter here. */
function dct(grey: Buffer, u: number, v: number): number {
  let sum = 0;
  for (let y = 0; y < sidePx; y++) {
    const cosY = Math.cos(((2 * y + 1) * v * Math.PI) / (2 * sidePx));
    for (let x = 0; x < sidePx; x++) {
      sum += (grey[y * sidePx + x] as number) * cosY * Math.cos(((2 * x + 1) * u * Math.PI) / (2 * sidePx));
    }
  }
  return sum;
}
