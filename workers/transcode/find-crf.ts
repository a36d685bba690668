import { type Goal, levelOf, type Score } from './quality-goal.ts';

/** Films mostly need 22 to 36 (six of them, of 480 lines, in H.264 and H.265). */
const usualFirst = 28;
const crfBounds = [12, 45] as const;
/** The second trial is one step that a usual curve would take; it goes no further than that. */
const longestStep = 10;
/** The curve is bent: one line between the nearest trials is mostly enough. */
const usualMost = 5;

/** When none of those reached the goal, there is one more. */
export const mostTrials = usualMost + 1;

export type Scored = Score & { readonly crf: number };

interface Start {
  /** A CRF that may be near, of a rung next to it. */
  readonly from?: number | undefined;
  /** Hears after each trial how many more are likely. */
  readonly onLikely?: (more: number) => void;
}

/**
 * The largest CRF tried that reaches the goal. The second trial lies where a usual curve would meet it, those after it where the line
 * between the nearest on both sides of the goal leads, until one is just good enough; when none reached it, one two steps lower.
 */
export async function findCrf<T extends Scored>(
  measure: (crf: number) => Promise<T>,
  goal: Goal,
  { from = usualFirst, onLikely }: Start = {},
): Promise<T> {
  const trials = [await measure(from)];
  const best = () =>
    trials.filter((trial) => levelOf(trial, goal) >= goal.target - goal.tolerance).sort((a, b) => b.crf - a.crf)[0];
  while (trials.length < usualMost) {
    const next = nextTrial(trials, goal);
    const found = best();
    const close = found !== undefined && levelOf(found, goal) < goal.target + goal.near;
    if (close || trials.some(({ crf }) => crf === next)) break;
    onLikely?.(likelyTrials(trials, goal));
    trials.push(await measure(next));
  }
  const lower = Math.max(crfBounds[0], Math.min(...trials.map((trial) => trial.crf)) - 2);
  const found = best() ?? trials.find(({ crf }) => crf === lower);
  onLikely?.(found === undefined ? 1 : 0);
  return found ?? measure(lower);
}

/** When there is one more: the further the first was from the goal, the likelier the second is not the last. */
function likelyTrials(trials: readonly Scored[], goal: Goal): number {
  const [first] = trials;
  if (first === undefined || trials.length > 1) return 1.1;
  return 1 + Math.min(0.8, (0.1 * Math.abs(levelOf(first, goal) - goal.target)) / goal.near);
}

/** Where a usual curve would meet the goal: one CRF makes about what is near. */
function secondTrial(first: Scored, goal: Goal): number {
  const steps = (levelOf(first, goal) - goal.target) / goal.near;
  const [low, high] = crfBounds;
  const step = Math.sign(steps) * Math.min(longestStep, Math.max(1, Math.round(Math.abs(steps))));
  return Math.min(high, Math.max(low, first.crf + step));
}

/** Between the nearest trials on both sides of the goal, or beyond the two outermost; one lower when that was just missed. */
function nextTrial(trials: readonly Scored[], goal: Goal): number {
  const [first] = trials;
  if (first !== undefined && trials.length === 1) return secondTrial(first, goal);
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
