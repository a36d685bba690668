import type { Score } from './quality-goal.ts';

export interface PieceScore extends Score {
  readonly frames: number;
}

/**
 * The scores of pieces made into that of the whole, frame by frame as the filters do: the mean of SSIM and VMAF, and of PSNR the mean
 * of the squared errors. VMAF looks at the frame before, which the first of a piece lacks. undefined: there are none.
 */
export function combineScores(pieces: readonly PieceScore[]): Score | undefined {
  const frames = pieces.reduce((sum, piece) => sum + piece.frames, 0);
  if (frames === 0) return undefined;
  const mean = (value: (piece: PieceScore) => number) =>
    pieces.reduce((sum, piece) => sum + value(piece) * piece.frames, 0) / frames;
  const psnr = -10 * Math.log10(mean((piece) => 10 ** (-piece.psnr / 10)));
  const vmaf = pieces.every((piece) => piece.vmaf !== undefined) ? mean((piece) => piece.vmaf ?? 0) : undefined;
  const model = pieces[0]?.vmafModel;
  return {
    ssim: rounded(mean(({ ssim }) => ssim)),
    psnr: rounded(psnr),
    ...(vmaf === undefined ? {} : { vmaf: rounded(vmaf) }),
    ...(vmaf === undefined || model === undefined ? {} : { vmafModel: model }),
  };
}

/** As many digits as the filters print. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
