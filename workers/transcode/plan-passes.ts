import type { Size } from '../media/display-size.ts';
import type { LadderParts } from './ladder-command.ts';
import type { Plan } from './plan.ts';
import type { Rung } from './rung.ts';

/** One process, what it makes, and the share of the progress it is. */
export interface LadderPass {
  readonly parts: LadderParts;
  readonly span: readonly [from: number, to: number];
}

/** Shorter ones are whole before anybody could have begun to watch; longer ones pay a second decoding for it. */
const earlyFromSeconds = 120;
/** Below this many lines a rung is for emergencies, not for a first look. */
const usefulLines = 360;
/** Decoding against encoding, for the same number of pixels (reference: 2.3 against 10 s of CPU for 1080p). */
const decodingShare = 0.2;

/**
 * Everything from one decode; or a small rung with all the sound first, so that it plays while the others are made from a second
 * decode.
 */
export function planPasses(plan: Plan, parts: LadderParts): readonly LadderPass[] {
  const first = firstRung(parts.rungs);
  const early = (plan.firstRung ?? (plan.clip.seconds >= earlyFromSeconds ? 'early' : 'together')) === 'early';
  if (plan.video === undefined || !early || first === undefined || parts.rungs.length < 2)
    return [{ parts, span: [0.01, 0.99] }];
  const rest = parts.rungs.filter((rung) => rung !== first);
  const [one, other] = [effort(plan.video.sourceSize, [first]), effort(plan.video.sourceSize, rest)];
  const turn = 0.01 + (0.98 * one) / (one + other);
  return [
    { parts: { ...parts, rungs: [first], extras: [] }, span: [0.01, turn] },
    { parts: { ...parts, rungs: rest, sounds: parts.soundInside ? parts.sounds : [] }, span: [turn, 0.99] },
  ];
}

/** The lowest that is useful, unless that is the top: then the lowest. */
function firstRung(rungs: readonly Rung[]): Rung | undefined {
  const useful = rungs.slice(1).filter(({ size }) => Math.min(size.width, size.height) >= usefulLines);
  return useful.at(-1) ?? rungs.at(-1);
}

/** Larger pictures cost a little less per pixel. */
function effort(source: Size, rungs: readonly Rung[]): number {
  const cost = ({ width, height }: Size) => (width * height) ** 0.9;
  return decodingShare * cost(source) + rungs.reduce((sum, { size }) => sum + cost(size), 0);
}
