import type { Plan, VideoPlan } from '../plan.ts';
import type { Rung } from '../rung.ts';
import type { Stretch } from './orders.ts';

/**
 * Forecasts of work in seconds of one core, good enough for an order and a progress bar. Measured with x264 veryfast: 0.41 s per second
 * of 720p25 with its decoding, 0.03 s per second of 1080p30 for decoding alone, 0.013 s per second of a stereo track.
 */
const perMegapixel = 0.41 / (1280 * 720 * 25 * 1e-6);
const decodingPerMegapixel = 0.008;
const perTrackSecond = 0.013;
const measuringPerSecond = 0.018;
const usualFps = 25;
/** Some containers count milliseconds and call that a rate. */
const mostFps = 120;
/** Of copying packets, per second of picture and megabit. */
const joiningPerSecond = 0.003;

const byCodec = { h264: 1, h265: 3, vp9: 5, av1: 2 } as const;
const bySpeed = { fastest: 0.5, fast: 1, medium: 2.5, slow: 5 } as const;

const megapixels = ({ width, height }: { width: number; height: number }) => (width * height) / 1e6;

/** `startSeconds`: of the file's own clock, where the filters count from. */
export function weighChunk(video: VideoPlan, rungs: readonly Rung[], stretch: Stretch, startSeconds: number): number {
  const { seekSeconds, fromSeconds = 0 } = stretch;
  const leadSeconds = seekSeconds === undefined ? 0 : Math.max(0, fromSeconds - seekSeconds + startSeconds);
  const fps = Math.min(video.stream.fps ?? usualFps, mostFps);
  const { codec, speed } = video.encoding;
  const pixels = rungs.reduce((sum, { size }) => sum + megapixels(size), 0);
  const encoding = pixels * stretch.frames * perMegapixel * byCodec[codec] * bySpeed[speed];
  const decoded = stretch.frames + leadSeconds * fps;
  return round(encoding + decoded * megapixels(video.stream) * decodingPerMegapixel + 0.2);
}

export function weighSound({ audio, clip }: Plan): number {
  const tracks = audio.filter(({ copy }) => !copy);
  const measured = tracks.filter(({ loudness }) => loudness !== undefined);
  return round(0.2 + clip.seconds * (tracks.length * perTrackSecond + measured.length * measuringPerSecond));
}

export function weighJoin({ clip }: Plan, rungs: readonly Rung[]): number {
  return round(0.3 + clip.seconds * joiningPerSecond * rungs.length);
}

function round(seconds: number): number {
  return Math.max(0.01, Math.round(seconds * 100) / 100);
}
