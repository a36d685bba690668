import type { Plan } from './plan.ts';

/** Where a ladder that was left to us looks at the source, in seconds of the source. */
export interface Looks {
  /** Decoded and encoded: they tell what pictures need, and what they show. */
  readonly stretches: readonly { readonly at: number; readonly seconds: number }[];
  /** One picture each, the keyframe before: a fraction of the work of a stretch. */
  readonly glances: readonly number[];
}

const stretchSeconds = 2;
const leastStretches = 3;
const mostStretches = 6;
/** Seconds of a film for each stretch. */
const perStretch = 60;
/** Seconds of a film for each glance: a part that lasts longer is seen, until there are too many. */
const perGlance = 10;
const mostGlances = 40;

/** Spread over the clip, a short one whole. What they cost is bounded, whatever its length. */
export function placeLooks({ clip, speed }: Pick<Plan, 'clip' | 'speed'>): Looks {
  const { seconds } = clip;
  const start = clip.seekSeconds + clip.leadSeconds;
  if (seconds <= leastStretches * stretchSeconds)
    return { stretches: [{ at: start, seconds: Math.max(seconds, 1) }], glances: [] };
  const spread = (count: number) =>
    Array.from({ length: count }, (_, index) => start + ((index + 0.5) / count) * seconds * speed);
  const stretches = Math.min(mostStretches, Math.max(leastStretches, Math.ceil(seconds / perStretch)));
  return {
    stretches: spread(stretches).map((at) => ({ at, seconds: stretchSeconds })),
    glances: spread(Math.min(mostGlances, Math.ceil(seconds / perGlance))),
  };
}
