/** Quotes a value for an ffmpeg filter graph: once for the option, once for the graph. */
export function escapeFilterValue(value: string): string {
  const option = value.replace(/[\\:']/g, (letter) => `\\${letter}`);
  return option.replace(/[\\'[\],;]/g, (letter) => `\\${letter}`);
}
