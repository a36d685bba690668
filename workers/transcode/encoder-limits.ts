import type { VideoCodec } from '../media/containers.ts';
import type { Wish } from './plan.ts';

interface Limits {
  /** Each profile, and the pixels it has room for. */
  readonly profiles: Readonly<Record<string, readonly string[]>>;
  readonly levels: ReadonlySet<string>;
  readonly pixels: readonly string[];
  readonly worstCrf: number;
}

const eightBits = ['yuv420p'];
const allPixels = ['yuv420p', 'yuv420p10le', 'yuv422p', 'yuv444p'];
const levels = (names: string) => new Set(names.split(' '));

/**
 * What the encoders take (x264 and x265 refuse the rest, SVT-AV1 makes 4:2:0 of it without a word). Levels: ITU-T H.264 table A-1,
 * H.265 table A.8. VP9 and AV1 find profile and level themselves.
 */
const encoderLimits: Readonly<Record<VideoCodec, Limits>> = {
  h264: {
    profiles: { baseline: eightBits, main: eightBits, high: eightBits, high10: ['yuv420p', 'yuv420p10le'] },
    levels: levels('1 1.0 1.1 1.2 1.3 2 2.0 2.1 2.2 3 3.0 3.1 3.2 4 4.0 4.1 4.2 5 5.0 5.1 5.2 6 6.0 6.1 6.2'),
    pixels: allPixels,
    worstCrf: 51,
  },
  h265: {
    profiles: { main: eightBits, main10: ['yuv420p10le'] },
    levels: levels('1 1.0 2 2.0 2.1 3 3.0 3.1 4 4.0 4.1 5 5.0 5.1 5.2 6 6.0 6.1 6.2'),
    pixels: allPixels,
    worstCrf: 51,
  },
  vp9: { profiles: {}, levels: new Set(), pixels: allPixels, worstCrf: 63 },
  av1: { profiles: {}, levels: new Set(), pixels: ['yuv420p', 'yuv420p10le'], worstCrf: 63 },
};

/** The first thing the encoder of this codec would refuse: which field, and what was expected. */
export function findRefusal(
  codec: VideoCodec,
  wish: Pick<Wish<'video'>, 'profile' | 'level' | 'pixelFormat' | 'crf' | 'hdr'>,
): { readonly field: string; readonly message: string } | undefined {
  const { profiles, levels: known, pixels, worstCrf } = encoderLimits[codec];
  const { profile, level, crf = 0, pixelFormat = wish.hdr === 'keep' ? 'yuv420p10le' : 'yuv420p' } = wish;
  if (profile !== undefined && profiles[profile] === undefined)
    return { field: 'profile', message: `${oneOf(Object.keys(profiles), 'profile')} with ${codec}, got ${profile}` };
  if (level !== undefined && !known.has(level))
    return { field: 'level', message: `${oneOf([...known], 'level')} with ${codec}, got ${level}` };
  if (crf > worstCrf) return { field: 'crf', message: `expected at most ${worstCrf} with ${codec}, got ${crf}` };
  const room = profile === undefined ? pixels : (profiles[profile] ?? pixels);
  if (room.includes(pixelFormat)) return undefined;
  const where = profile === undefined ? codec : `the ${profile} profile`;
  return { field: 'pixelFormat', message: `${oneOf(room, 'pixel format')} with ${where}, got ${pixelFormat}` };
}

const oneOf = (choices: readonly string[], noun: string) =>
  choices.length === 0 ? `expected no ${noun}` : `expected ${choices.length > 1 ? 'one of ' : ''}${choices.join(', ')}`;
