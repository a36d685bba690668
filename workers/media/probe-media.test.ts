import { describe, expect, it } from 'vitest';
import { readProbe } from './probe-media.ts';

const bitsOf = (stream: Readonly<Record<string, unknown>>) =>
  readProbe({ streams: [{ index: 0, codec_type: 'audio', ...stream }] }).audio[0]?.bits;

describe('readProbe', () => {
  it.each([
    ['FLAC', 24, { codec_name: 'flac', sample_fmt: 's32', bits_per_sample: 0, bits_per_raw_sample: '24' }],
    ['PCM', 16, { codec_name: 'pcm_s16le', sample_fmt: 's16', bits_per_sample: 16 }],
    [
      "Monkey's Audio of 24 bits, which says nothing",
      32,
      { codec_name: 'ape', sample_fmt: 's32p', bits_per_sample: 0 },
    ],
    ["Monkey's Audio of 16 bits", undefined, { codec_name: 'ape', sample_fmt: 's16p', bits_per_sample: 0 }],
    [
      'DSD, whose samples of one bit become many',
      24,
      { codec_name: 'dsd_lsbf', sample_fmt: 'fltp', bits_per_sample: 8 },
    ],
    ['a lossy codec', undefined, { codec_name: 'aac', sample_fmt: 'fltp', bits_per_sample: 0 }],
  ])('tells the bits of %s', (_what, bits, stream) => {
    expect(bitsOf(stream)).toBe(bits);
  });
});
