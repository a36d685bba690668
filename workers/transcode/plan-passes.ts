import { forecastDecoding, forecastPictures } from './forecast.ts';
import { forecastSound } from './forecast-sound.ts';
import type { LadderParts } from './ladder-command.ts';
import type { Plan } from './plan.ts';
import type { Rung } from './rung.ts';

/** One process, what it makes, and its forecast cost. */
export interface LadderPass {
  readonly parts: LadderParts;
  readonly effort: number;
}

/** Shorter ones are whole before anybody could have begun to watch; longer ones pay a second decoding for it. */
const earlyFromSeconds = 120;
/** Below this many lines a rung is for emergencies, not for a first look. */
const usefulLines = 360;

/**
 * Everything from one decode; or a small rung with all the sound first, so that it plays while the others are made from a second
 * decode.
 */
export function planPasses(plan: Plan, parts: LadderParts): readonly LadderPass[] {
  const first = firstRung(parts.rungs);
  const early = (plan.firstRung ?? (plan.clip.seconds >= earlyFromSeconds ? 'early' : 'together')) === 'early';
  if (plan.video === undefined || !early || first === undefined || parts.rungs.length < 2)
    return [{ parts, effort: 1 }];
  const rest = parts.rungs.filter((rung) => rung !== first);
  const decoding = forecastDecoding(plan.video, plan.clip.seconds * plan.speed);
  const [one, other] = [[first], rest].map((rungs) => decoding + effort(plan, rungs)) as [number, number];
  const sound = forecastSound(plan);
  return [
    { parts: { ...parts, rungs: [first], extras: [] }, effort: one + sound },
    {
      parts: { ...parts, rungs: rest, sounds: parts.soundInside ? parts.sounds : [] },
      effort: other + (parts.soundInside ? sound * rest.length : 0),
    },
  ];
}

/** The lowest that is useful, unless that is the top: then the lowest. */
function firstRung(rungs: readonly Rung[]): Rung | undefined {
  const useful = rungs.slice(1).filter(({ size }) => Math.min(size.width, size.height) >= usefulLines);
  return useful.at(-1) ?? rungs.at(-1);
}

/** What is done to pictures before they are split is done at the size of the highest rung. */
function effort({ video, clip }: Plan, rungs: readonly Rung[]): number {
  if (video === undefined) return 0;
  return rungs.reduce((sum, { size }) => sum + forecastPictures(video, size, clip.seconds), 0);
}
