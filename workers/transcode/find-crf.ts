import { type Goal, levelOf, type Score } from './quality-goal.ts';

/** The usual range; lines between two trials lead further. */
const firstTrials = [22, 32] as const;
const crfBounds = [12, 45] as const;
/** The curve is bent: one more line between the nearest trials is mostly enough. */
const usualMost = 5;

/** When none of those reached the goal, there is one more. */
export const mostTrials = usualMost + 1;

export type Scored = Score & { readonly crf: number };

/**
 * The largest CRF tried that reaches the goal. After two trials come those where the line between the nearest on both sides of the
 * goal leads, until one is just good enough; when none reached it, one two steps lower.
 */
export async function findCrf<T extends Scored>(measure: (crf: number) => Promise<T>, goal: Goal): Promise<T> {
  const trials = [await measure(firstTrials[1]), await measure(firstTrials[0])];
  const least = goal.target - goal.tolerance;
  const best = () => trials.filter((trial) => levelOf(trial, goal) >= least).sort((a, b) => b.crf - a.crf)[0];
  while (trials.length < usualMost) {
    const next = nextTrial(trials, goal);
    const found = best();
    const close = found !== undefined && levelOf(found, goal) < goal.target + goal.near;
    if (close || trials.some(({ crf }) => crf === next)) break;
    trials.push(await measure(next));
  }
  return best() ?? measure(Math.max(crfBounds[0], Math.min(...trials.map((trial) => trial.crf)) - 2));
}

/** Between the nearest trials on both sides of the goal, or beyond the two outermost; one lower when that was just missed. */
function nextTrial(trials: readonly Scored[], goal: Goal): number {
  const sorted = [...trials].sort((a, b) => a.crf - b.crf);
  const firstBad = sorted.findIndex((trial) => levelOf(trial, goal) < goal.target);
  const at = firstBad < 0 ? sorted.length - 1 : Math.max(1, firstBad);
  const [a, b] = [sorted[at - 1], sorted[at]];
  if (a === undefined || b === undefined) throw new TypeError('a line needs two trials');
  const next = crossing(a, b, goal);
  return sorted.some(({ crf }) => crf === next) && next > a.crf + 1 ? next - 1 : next;
}

type Point = Pick<Scored, 'crf' | 'ssim' | 'vmaf'>;

/** The CRF at which the line through two trials meets the goal, whole and within bounds. */
export function crossing(a: Point, b: Point, goal: Pick<Goal, 'metric' | 'target'>): number {
  const [low, high] = crfBounds;
  const slope = (levelOf(b, goal) - levelOf(a, goal)) / (b.crf - a.crf);
  if (!Number.isFinite(slope) || slope >= 0) return low;
  return Math.round(Math.min(high, Math.max(low, a.crf + (goal.target - levelOf(a, goal)) / slope)));
}
