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

/** Of a second of one channel; reading it comes on top. */
const soundPerSecond: Readonly<Record<AudioCodec, number>> = {
  ...{ aac: 0.0055, opus: 0.0028, mp3: 0.0029, vorbis: 0.0035, flac: 0.0006, pcm: 0.0002 },
};
const readingPerSecond = 0.001;
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

/** Measuring every track that has to have a loudness; `limited` once it is known. */
export function forecastListening({ audio, clip, speed }: Plan, limited?: boolean): number {
  const [meter, limiter] = meterAgainstLimiter;
  const measured = audio.filter(({ loudness }) => loudness !== undefined).length;
  const limiting = limited === undefined ? limiter : Number(limited) * limitingPerSecond;
  return measured * clip.seconds * speed * (meter + limiting);
}

/** Encoding it; `limited` once it is known. */
export function forecastSound({ audio, clip, speed }: Plan, limited?: boolean): number {
  const likely = limited === undefined ? limiterLikelihood : Number(limited);
  const one = ({ encoding, loudness }: AudioPlan) =>
    readingPerSecond +
    soundPerSecond[encoding.codec] * encoding.channels +
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
/** Of small pictures that is most of a trial. */
const startingProgram = 0.06;
/** Every pixel of a sample kept without loss, written and read. */
const keepingPerMegapixel = 0.0075;
const readingSamplePerMegapixel = 0.0037;
/** Twice: both pictures are scaled, and looked at by two measures. */
const comparingPerMegapixel = 0.003;

export function forecastSamples(video: VideoPlan): number {
  return 3 * startingProgram + frames(video, mostSampleSeconds) * megapixels(video.canvas) * keepingPerMegapixel;
}

/** One trial of the samples: encoding them at a size, and comparing what came of it. */
export function forecastTrial(encoding: VideoEncoding, kept: Size, size: Size, pictures: number) {
  const reading = pictures * megapixels(kept) * readingSamplePerMegapixel;
  const looking = pictures * megapixels(size) * comparingPerMegapixel;
  const common = startingProgram + reading;
  return [common + forecastEncoding(encoding, size, pictures), common + looking] as const;
}

/** All trials of a size. */
export function forecastTrials(video: VideoPlan, size: Size): number {
  const [encoding, comparing] = forecastTrial(video.encoding, video.canvas, size, frames(video, mostSampleSeconds));
  return usualTrials * (encoding + comparing);
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
