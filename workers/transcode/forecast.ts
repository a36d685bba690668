import type { Size } from '../media/display-size.ts';
import type { VideoEncoding } from '../media/encoders.ts';
import { chooseRungs, measuresLadder } from './choose-rungs.ts';
import { placeLooks } from './place-looks.ts';
import { isStreaming, type Plan, type VideoPlan } from './plan.ts';

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

export const usualFps = 25;

export const megapixels = ({ width, height }: Size) => (width * height) / 1e6;

/** Some containers count milliseconds and call that a rate. */
const mostFps = 120;

const framesRead = ({ stream }: VideoPlan, seconds: number) => seconds * Math.min(stream.fps ?? usualFps, mostFps);
export const framesMade = (video: VideoPlan, seconds: number) =>
  video.encoding.fps === undefined ? framesRead(video, seconds) : seconds * Math.min(video.encoding.fps, mostFps);

/** Of so many seconds of the source. */
export function forecastDecoding(video: VideoPlan, seconds: number): number {
  return framesRead(video, seconds) * megapixels(video.stream) * decodingPerMegapixel;
}

/** So many pictures of this size and their encoding. */
export function forecastEncoding({ codec, speed }: VideoEncoding, size: Size, pictures: number): number {
  return pictures * megapixels(size) * (filteringPerMegapixel + perMegapixel[codec][speed]);
}

export function forecastPictures(video: VideoPlan, size: Size, seconds: number): number {
  return forecastEncoding(video.encoding, size, framesMade(video, seconds));
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
export const usualTrials = 2.6;
/** Of small pictures that is most of a trial. */
const startingProgram = 0.06;
/** Every pixel of a sample kept without loss, written and read. */
const keepingPerMegapixel = 0.0075;
const readingSamplePerMegapixel = 0.0037;
/** Twice: both pictures are scaled, and looked at by two measures. */
export const comparingPerMegapixel = 0.003;

export function forecastSamples(video: VideoPlan): number {
  // Three samples, each cut out and looked at; from a keyframe on, somewhere before it.
  const reading = 6 * startingProgram + forecastDecoding(video, 2 * mostSampleSeconds);
  return reading + framesMade(video, mostSampleSeconds) * megapixels(video.canvas) * keepingPerMegapixel;
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
  const [encoding, comparing] = forecastTrial(video.encoding, video.canvas, size, framesMade(video, mostSampleSeconds));
  return usualTrials * (encoding + comparing);
}

/** Looking at a ladder that is left to us: stretches are decoded and encoded small; of every second of them and every glance a picture is compared. */
function forecastLook(plan: Plan, video: VideoPlan): number {
  const { stretches, glances } = placeLooks(plan);
  const seconds = stretches.reduce((sum, stretch) => sum + stretch.seconds, 0);
  const probe = forecastPictures(video, { width: 640, height: 360 }, seconds);
  const compared = chooseRungs(video).length * megapixels(video.canvas) * comparingPerMegapixel;
  const programs = (2 * stretches.length + glances.length) * startingProgram;
  return programs + forecastDecoding(video, seconds) + probe + (seconds + glances.length) * compared;
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
