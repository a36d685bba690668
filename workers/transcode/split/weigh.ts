import { forecastDecoding, forecastEncoding, usualFps } from '../forecast.ts';
import { forecastListening, forecastSound } from '../forecast-sound.ts';
import type { Plan, VideoPlan } from '../plan.ts';
import type { Rung } from '../rung.ts';
import type { Stretch } from './orders.ts';

/** Forecasts of the parts' work in seconds of one core: what a whole run would take for it (forecast.ts), and what a part takes more. */

/** ffmpeg, and ffprobe to look at what it made. */
const startingPart = 0.15;
/** Copying packets and looking at them all, for a second of a rung. */
const joiningPerSecond = 0.003;
const startingJoin = 0.3;

/** `startSeconds`: of the file's own clock, where the filters count from. */
export function weighChunk(
  { video, speed }: { readonly video: VideoPlan; readonly speed: number },
  rungs: readonly Rung[],
  stretch: Stretch,
  startSeconds: number,
): number {
  const { seekSeconds, fromSeconds = 0, firstSeconds, lastSeconds, frames } = stretch;
  const leadSeconds = seekSeconds === undefined ? 0 : Math.max(0, fromSeconds - seekSeconds + startSeconds);
  const shownSeconds = lastSeconds - firstSeconds + 1 / (video.encoding.fps ?? video.stream.fps ?? usualFps);
  const decoding = forecastDecoding(video, leadSeconds + shownSeconds * speed);
  const encoding = rungs.map((rung) => forecastEncoding(rung.encoding, rung.size, frames));
  return round(startingPart + decoding + encoding.reduce((sum, cost) => sum + cost, 0));
}

export function weighSound(plan: Plan): number {
  return round(startingPart + forecastListening(plan) + forecastSound(plan));
}

export function weighJoin({ clip }: Plan, rungs: readonly Rung[]): number {
  return round(startingJoin + clip.seconds * joiningPerSecond * rungs.length);
}

function round(seconds: number): number {
  return Math.max(0.01, Math.round(seconds * 100) / 100);
}
