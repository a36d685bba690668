import type { MediaFacts } from '../../shared/messages/job.ts';
import type { VmafModel } from './vmaf-model.ts';

/** What the samples scored: SSIM 0 … 1 and PSNR in dB of the luma, VMAF 0 … 100 where the ffmpeg at hand has it. */
export interface Score {
  readonly ssim: number;
  readonly psnr: number;
  readonly vmaf?: number;
  readonly vmafModel?: VmafModel;
}

/** As asked for; both: VMAF where it can be measured, else SSIM. */
export interface QualityWish {
  readonly vmaf?: number | undefined;
  readonly ssim?: number | undefined;
}

/** What is steered by, on a scale that is nearly linear in the CRF: VMAF in points, SSIM in dB. */
export interface Goal {
  readonly metric: 'vmaf' | 'ssim';
  readonly target: number;
  /** This much below the target still counts as reached. */
  readonly tolerance: number;
  /** No more than this above the target is near enough: about what one CRF makes. */
  readonly near: number;
  /** Fewer are not seen. */
  readonly step: number;
}

/**
 * Where libvmaf is missing, a VMAF is turned into an SSIM by a line: 93 (good) is 0.97, six points are 1.5 dB, so 80 is 0.93. A rule
 * of thumb: the two agree on the order of encodes of one film, less between films.
 */
export function settleGoal(wish: QualityWish, canVmaf: boolean): Goal {
  if (wish.vmaf !== undefined && canVmaf)
    return { metric: 'vmaf', target: wish.vmaf, tolerance: 0.5, near: 1.2, step: 2 };
  const instead = 15.23 + ((wish.vmaf ?? 93) - 93) * 0.25;
  const target = wish.ssim === undefined ? instead : decibels(wish.ssim);
  return { metric: 'ssim', target, tolerance: 0.1, near: 0.5, step: 0.5 };
}

/** A score on the goal's scale. */
export function levelOf(score: Pick<Score, 'ssim' | 'vmaf'>, { metric }: Pick<Goal, 'metric'>): number {
  return metric === 'vmaf' ? (score.vmaf ?? 0) : decibels(score.ssim);
}

function decibels(ssim: number): number {
  return -10 * Math.log10(1 - Math.min(ssim, 0.999_999));
}

/** `sampledSeconds`: so much of the source was encoded and compared, not the whole result. */
export function scoreOf(score: Score, crf: number, { metric }: Goal, sampledSeconds: number): MediaFacts {
  const { ssim, psnr, vmaf, vmafModel } = score;
  return { crf, ...plain({ ssim, psnr, vmaf, vmafModel }), qualityMetric: metric, sampledSeconds };
}

/** A rung enlarged to the size planned for the source, against the source at that size. */
export function onScreenOf({ ssim, psnr, vmaf, vmafModel }: Score): MediaFacts {
  return { onScreen: plain({ ssim, psnr, vmaf, vmafModel }) };
}

/** What every frame of the result scored, in place of what samples did; the CRF and `onScreen` stay those of the samples. */
export function wholeScore(sampled: MediaFacts = {}, whole: Score | undefined): MediaFacts {
  if (whole === undefined) return sampled;
  const { ssim: _ssim, psnr: _psnr, vmaf: _vmaf, vmafModel: _model, ...kept } = sampled;
  const { ssim, psnr, vmaf, vmafModel } = whole;
  return { ...kept, ...plain({ ssim, psnr, vmaf, vmafModel }), scores: 'whole' };
}

/** Without what there is not. */
function plain(facts: Readonly<Record<string, unknown>>): MediaFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
