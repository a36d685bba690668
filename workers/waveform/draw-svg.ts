import type { Peaks } from './collect-peaks.ts';

/** One closed outline: the greatest samples from left to right, the least back. */
export function drawSvg(
  { data }: Peaks,
  { width, height, color }: { width: number; height: number; color: string },
): string {
  const points = data.length / 2;
  const x = (index: number) => ((index * width) / Math.max(1, points - 1)).toFixed(1);
  const y = (value: number) => (height / 2 - (value / 128) * (height / 2)).toFixed(1);
  const upper = Array.from({ length: points }, (_, index) => `${x(index)},${y(data[index * 2 + 1] ?? 0)}`);
  const lower = Array.from({ length: points }, (_, index) => `${x(index)},${y(data[index * 2] ?? 0)}`).reverse();
  const outline = `<polygon fill="${color}" points="${[...upper, ...lower].join(' ')}"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none">${outline}</svg>\n`;
}
