import type { LadderMeasures } from './measure-ladder.ts';
import type { LeftOut } from './plan.ts';
import type { Rung } from './rung.ts';

/** 1 - SSIM of an encode that looks good (0.97): beside it, what scaling loses is seen or is not. */
const codingLoss = 0.03;
/** Decibels of SSIM; less is not seen. As for a quality that is asked for (quality-goal.ts). */
const seen = 0.5;
/** The lowest variant Apple's authoring rules ask for (HLS authoring specification, table of recommended bitrates): who has less has no video. */
const leastBitrate = 145_000;
/** Larger pictures need fewer bits for each pixel. */
const perPixel = 0.75;
/** More than this much of what the source has was not in it: the encoder would spend it on the source's own artefacts. */
const headroom = 1.5;
/** Bits of H.264 for one bit of these, at the same looks. */
const efficiency: Readonly<Record<string, number>> = { hevc: 1.7, vp9: 1.5, av1: 2, vvc: 2.5 };

export interface Measured {
  readonly measures: LadderMeasures;
  /** Bits per second of the source's picture, and its codec; undefined when nobody knows. */
  readonly source: { readonly bitrate: number | undefined; readonly codec: string; readonly pixels: number };
  /** Someone set a cap, which is left alone. */
  readonly capped: boolean;
}

/**
 * The rungs that are worth it, high to low, with caps the source has use for. The ladder begins at the lowest rung that looks like
 * the whole when it is enlarged, and ends at the first that everybody can play.
 */
export function keepWorthy(
  rungs: readonly Rung[],
  { measures, source, capped }: Measured,
): { readonly rungs: readonly Rung[]; readonly leftOut: readonly LeftOut[] } {
  const looks = ({ name }: Rung) => -10 * Math.log10(codingLoss + (measures.losses.get(name) ?? 0));
  const needs = ({ size }: Rung) => measures.probeBitrate * share(size, measures.probe.size);
  const [whole] = rungs;
  const top = whole === undefined ? 0 : rungs.findLastIndex((rung) => looks(whole) - looks(rung) < seen);
  const enough = rungs.findIndex((rung, index) => index >= top && needs(rung) <= leastBitrate);
  const kept = rungs.slice(top, enough < 0 ? undefined : enough + 1);
  const names = { best: kept[0]?.name, last: kept.at(-1)?.name };
  return {
    rungs: kept.map((rung) => (capped ? rung : capBySource(rung, source))),
    leftOut: [
      ...rungs.slice(0, top).map(({ name }) => ({ name, reason: `${names.best} looks the same` })),
      ...rungs.slice(top + kept.length).map(({ name }) => ({
        name,
        reason: `${names.last} needs less than ${leastBitrate / 1000} kbit/s already`,
      })),
    ],
  };
}

function capBySource(rung: Rung, { bitrate, codec, pixels }: Measured['source']): Rung {
  const { maxBitrate } = rung.encoding;
  if (bitrate === undefined || maxBitrate === undefined) return rung;
  const whole = bitrate * headroom * (efficiency[codec] ?? 1);
  const most = whole * Math.min(1, (area(rung.size) / pixels) ** perPixel);
  const cap = Math.round(Math.max(leastBitrate, Math.min(maxBitrate, most)));
  return { ...rung, encoding: { ...rung.encoding, maxBitrate: cap } };
}

const area = ({ width, height }: Rung['size']) => width * height;
const share = (size: Rung['size'], probe: Rung['size']) => (area(size) / area(probe)) ** perPixel;
