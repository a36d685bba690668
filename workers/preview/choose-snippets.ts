import type { PreviewParams } from './contract.ts';

export interface Snippet {
  readonly start: number;
  readonly seconds: number;
}

/** One piece from `start`, or pieces in the middle of equal parts of the video; a video shorter than the preview is taken whole. */
export function chooseSnippets(params: PreviewParams, length: number): readonly Snippet[] {
  const wanted = params.seconds ?? 6;
  if (params.start !== undefined) {
    const start = length > 0 ? Math.min(params.start, Math.max(0, length - 0.1)) : params.start;
    return [{ start, seconds: length > 0 ? Math.min(wanted, Math.max(0.1, length - start)) : wanted }];
  }
  const count = params.snippets ?? 4;
  if (length <= wanted * 1.2) return [{ start: 0, seconds: Math.max(0.1, Math.min(wanted, length || wanted)) }];
  const each = wanted / count;
  return Array.from({ length: count }, (_, index) => ({
    start: ((index + 0.5) / count) * length - each / 2,
    seconds: each,
  }));
}
