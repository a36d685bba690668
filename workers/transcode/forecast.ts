import type { AudioCodec } from '../media/containers.ts';
import type { Size } from '../media/display-size.ts';
import type { VideoEncoding } from '../media/encoders.ts';
import { chooseRungs, measuresLadder } from './choose-rungs.ts';
import { type AudioPlan, isStreaming, type Plan, type VideoPlan } from './plan.ts';

/**
 * What work costs, in seconds of one core. Measured with ffmpeg 5.1.9 on six seconds of an animated film of 854 × 480 and four
 * minutes of stereo noise; what counts is how the figures compare, for the machine's own speed shows while it works.
 */
const perMegapixel: Readonly<Record<VideoEncoding['codec'], Readonly<Record<VideoEncoding['speed'], number>>>> = {
  h264: { fastest: 0.004, fast: 0.012, medium: 0.03, slow: 0.038 },
  h265: { fastest: 0.028, fast: 0.044, medium: 0.073, slow: 0.085 },
  vp9: { fastest: 0.02, fast: 0.1, medium: 0.16, slow: 0.35 },
  av1: { fastest: 0.008, fast: 0.0175, medium: 0.03, slow: 0.08 },
};
const decodingPerMegapixel = 0.0024;
/** Scaling and whatever else is done to every picture. */
const filteringPerMegapixel = 0.002;

/** Of the first of two passes against the second: x264 looks at less from `medium` on, libvpx always. */
const firstPass: Readonly<Record<VideoEncoding['codec'], Readonly<Record<VideoEncoding['speed'], number>>>> = {
  h264: { fastest: 1.1, fast: 1.07, medium: 0.4, slow: 0.3 },
  h265: { fastest: 1.1, fast: 1.1, medium: 1.05, slow: 1.2 },
  vp9: { fastest: 0.18, fast: 0.15, medium: 0.1, slow: 0.05 },
  av1: { fastest: 1, fast: 1, medium: 1, slow: 1 },
};

/** Of a second of stereo. */
const soundPerSecond: Readonly<Record<AudioCodec, number>> = {
  ...{ aac: 0.0125, opus: 0.012, mp3: 0.0076, vorbis: 0.009, flac: 0.0012, pcm: 0.0005 },
};
const meteringPerSecond = 0.0035;
/** loudnorm, for its measuring and for its limiting alike. */
const limitingPerSecond = 0.0185;
export const usualFps = 25;

const megapixels = ({ width, height }: Size) => (width * height) / 1e6;

const frames = ({ stream, encoding }: VideoPlan, seconds: number) =>
  seconds * Math.min(encoding.fps ?? stream.fps ?? usualFps, 120);

/** Of so many seconds of the source. */
export function forecastDecoding(video: VideoPlan, seconds: number): number {
  return frames(video, seconds) * megapixels(video.stream) * decodingPerMegapixel;
}

/** So many pictures of this size and their encoding. */
export function forecastEncoding({ codec, speed }: VideoEncoding, size: Size, pictures: number): number {
  return pictures * megapixels(size) * (filteringPerMegapixel + perMegapixel[codec][speed]);
}

export function forecastPictures(video: VideoPlan, size: Size, seconds: number): number {
  return forecastEncoding(video.encoding, size, frames(video, seconds));
}

/**
 * Whether peaks have to be limited shows when the sound was measured, and changes the work from three seconds to eleven for four
 * minutes of music. Until then it is taken for so likely, between the two.
 */
const limiterLikelihood = 0.15;

/** Of measuring a track: the meter, and the limiter's own measuring that may follow. */
export const meterAgainstLimiter = [meteringPerSecond, limiterLikelihood * limitingPerSecond] as const;

/** Measuring every track that has to have a loudness. */
export function forecastListening({ audio, clip, speed }: Plan): number {
  const [meter, limiter] = meterAgainstLimiter;
  return audio.filter(({ loudness }) => loudness !== undefined).length * clip.seconds * speed * (meter + limiter);
}

/** Encoding it; `limited` once it is known. */
export function forecastSound({ audio, clip, speed }: Plan, limited?: boolean): number {
  const likely = limited === undefined ? limiterLikelihood : Number(limited);
  const one = ({ encoding, loudness }: AudioPlan) =>
    soundPerSecond[encoding.codec] * (encoding.channels / 2) +
    (loudness === undefined ? 0 : likely * limitingPerSecond);
  return audio.reduce((sum, track) => sum + (track.copy ? 0 : clip.seconds * speed * one(track)), 0);
}

/** Decoding, every size, and what is done to pictures before; both passes where there are two. */
export function forecastVideo(plan: Plan): number {
  const { video, clip, speed } = plan;
  if (video === undefined || video.copy) return 0;
  const sizes = isStreaming(plan.container) ? chooseRungs(video, plan.ladder).map(({ size }) => size) : [video.canvas];
  const pictures = sizes.reduce((sum, size) => sum + forecastPictures(video, size, clip.seconds), 0);
  return forecastFirstPass(plan) + forecastDecoding(video, clip.seconds * speed) + pictures;
}

/** Of the first of two passes, which makes no sound. */
export function forecastFirstPass({ video, clip, speed }: Plan): number {
  if (video === undefined || video.copy || video.encoding.passes !== 2) return 0;
  const share = firstPass[video.encoding.codec][video.encoding.speed];
  return forecastDecoding(video, clip.seconds * speed) + share * forecastPictures(video, video.canvas, clip.seconds);
}

/** What is tried with, at most. */
const mostSampleSeconds = 6;
/** Trials of a rung, mostly. */
export const usualTrials = 3.5;
/** Comparing a trial with the samples: both are decoded, and every pixel is looked at twice. */
const comparingPerMegapixel = 0.02;
/** Keeping a sample without loss. */
const keepingPerMegapixel = 0.012;

export function forecastSamples(video: VideoPlan): number {
  return frames(video, mostSampleSeconds) * megapixels(video.canvas) * keepingPerMegapixel;
}

export function forecastComparing(size: Size, pictures: number): number {
  return pictures * megapixels(size) * comparingPerMegapixel;
}

/** All trials of a size. */
export function forecastTrials(video: VideoPlan, size: Size): number {
  const pictures = frames(video, mostSampleSeconds);
  return usualTrials * (forecastEncoding(video.encoding, size, pictures) + forecastComparing(size, pictures));
}

/** Looking at a ladder that is left to us: one decode, a small rung, and a picture a second for each rung. */
function forecastLook(plan: Plan, video: VideoPlan): number {
  const seconds = Math.min(mostSampleSeconds, Math.max(1, plan.clip.seconds));
  const rungs = chooseRungs(video);
  const probe = forecastPictures(video, { width: 640, height: 360 }, seconds);
  const compared = seconds * rungs.length * megapixels(video.canvas) * comparingPerMegapixel;
  return forecastDecoding(video, seconds) + probe + compared;
}

/** Samples and trials of every rung, where a quality is asked for; or the look at a ladder. */
export function forecastSearch(plan: Plan): number {
  const { video, container, ladder } = plan;
  if (video !== undefined && measuresLadder(plan)) return forecastLook(plan, video);
  if (video?.quality === undefined || video.copy) return 0;
  const sizes = isStreaming(container) ? chooseRungs(video, ladder).map(({ size }) => size) : [video.canvas];
  return forecastSamples(video) + sizes.reduce((sum, size) => sum + forecastTrials(video, size), 0);
}

/** Copying packets: little, and all there is where nothing is encoded. */
export function forecastCopy({ clip }: Plan): number {
  return clip.seconds * 0.0004;
}
