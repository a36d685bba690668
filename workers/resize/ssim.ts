/** Structural similarity of two pictures (Wang et al. 2004) over luma, in windows of 8×8. */

const windowPx = 8;

/** Windows looked at; more change the third digit at most, and the event loop waits meanwhile (about 20 ms). */
const maxWindows = 120_000;

/** The paper's constants for eight bits: (0.01 × 255)² and (0.03 × 255)². */
const c1 = 6.5025;
const c2 = 58.5225;

/** 1 when equal. Both are one byte a pixel, of the same size. Pictures smaller than a window count as one window. */
export function ssim(a: Uint8Array, b: Uint8Array, width: number, height: number): number {
  const step = Math.max(4, Math.ceil(Math.sqrt((width * height) / maxWindows)));
  const across = Math.min(windowPx, width);
  const down = Math.min(windowPx, height);
  let sum = 0;
  let count = 0;
  for (let top = 0; top + down <= height; top += step) {
    for (let left = 0; left + across <= width; left += step) {
      sum += windowSimilarity(a, b, top * width + left, width, across, down);
      count += 1;
    }
  }
  return sum / count;
}

function windowSimilarity(
  a: Uint8Array,
  b: Uint8Array,
  start: number,
  stride: number,
  across: number,
  down: number,
): number {
  let sumA = 0;
  let sumB = 0;
  let squareA = 0;
  let squareB = 0;
  let product = 0;
  for (let y = 0; y < down; y++) {
    const row = start + y * stride;
    for (let at = row; at < row + across; at++) {
      const p = a[at] as number;
      const q = b[at] as number;
      sumA += p;
      sumB += q;
      squareA += p * p;
      squareB += q * q;
      product += p * q;
    }
  }
  const n = across * down;
  const meanA = sumA / n;
  const meanB = sumB / n;
  const varianceA = squareA / n - meanA * meanA;
  const varianceB = squareB / n - meanB * meanB;
  const covariance = product / n - meanA * meanB;
  return (
    ((2 * meanA * meanB + c1) * (2 * covariance + c2)) /
    ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2))
  );
}
