import type { AudioCodec } from '../media/containers.ts';
import type { Wish } from './plan.ts';

interface Limits {
  /** Samples per second; any when left out. */
  readonly rates?: readonly number[];
  /** Bits per second of so many channels. */
  readonly most?: (channels: number) => number;
}

/** What the encoders take: they refuse the rest, and libmp3lame makes the highest it can of it without a word. */
const soundLimits: Readonly<Partial<Record<AudioCodec, Limits>>> = {
  aac: {
    rates: [7350, 8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000],
  },
  mp3: {
    rates: [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000],
    most: () => 320_000,
  },
  opus: { rates: [8000, 12_000, 16_000, 24_000, 48_000], most: (channels) => 256_000 * channels },
};

/** The first thing the encoder of this codec would refuse: which field, and what was expected. */
export function findSoundRefusal(
  codec: AudioCodec,
  wish: Pick<Wish<'audio'>, 'sampleRate' | 'bitrate' | 'channels' | 'map'>,
): { readonly field: string; readonly message: string } | undefined {
  const { rates, most } = soundLimits[codec] ?? {};
  const { sampleRate, bitrate = 0, map, channels = map?.length ?? 2 } = wish;
  if (sampleRate !== undefined && rates?.includes(sampleRate) === false)
    return { field: 'sampleRate', message: `expected one of ${rates.join(', ')} with ${codec}, got ${sampleRate}` };
  const highest = most?.(channels);
  if (highest === undefined || bitrate <= highest) return undefined;
  return { field: 'bitrate', message: `expected at most ${highest} with ${codec}, got ${bitrate}` };
}
