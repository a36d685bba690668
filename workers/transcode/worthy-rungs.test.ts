import { expect, it } from 'vitest';
import type { Rung } from './rung.ts';
import { keepWorthy } from './worthy-rungs.ts';

const usualCaps: Readonly<Record<number, number>> = { 1080: 6_000_000, 720: 3_200_000, 480: 1_600_000, 360: 900_000 };
const rung = (lines: number): Rung => {
  const size = { width: Math.round((lines * 16) / 9), height: lines };
  const maxBitrate = usualCaps[lines] ?? 450_000;
  return { name: `${lines}p`, size, picture: size, encoding: { codec: 'h264', speed: 'fast', maxBitrate } };
};
const rungs = [1080, 720, 480, 360, 240].map(rung);
const probe = rung(360);

interface Look {
  readonly probeBitrate?: number;
  readonly losses?: readonly number[];
  readonly bitrate?: number;
  readonly codec?: string;
  readonly capped?: boolean;
}
function keep({ probeBitrate = 800_000, losses = [0, 0.02, 0.06, 0.1, 0.2], codec = 'h264', ...look }: Look) {
  return keepWorthy(rungs, {
    measures: {
      blind: false,
      probe,
      probeBitrate,
      losses: new Map(rungs.map(({ name }, index) => [name, losses[index] ?? 0])),
    },
    source: { bitrate: look.bitrate, codec, pixels: 1920 * 1080 },
    capped: look.capped ?? false,
  });
}
const names = (kept: readonly Rung[]) => kept.map(({ name }) => name);
const caps = (kept: readonly Rung[]) => kept.map(({ encoding }) => encoding.maxBitrate);

it('keeps the whole ladder of a rich source, with its usual caps', () => {
  const { rungs: kept, leftOut } = keep({ bitrate: 20_000_000 });
  expect(names(kept)).toEqual(['1080p', '720p', '480p', '360p', '240p']);
  expect(caps(kept)).toEqual([6_000_000, 3_200_000, 1_600_000, 900_000, 450_000]);
  expect(leftOut).toEqual([]);
});

it('drops what enlarged pictures have no detail for', () => {
  const { rungs: kept, leftOut } = keep({ losses: [0, 0.000_5, 0.002, 0.02, 0.08] });
  expect(names(kept)).toEqual(['480p', '360p', '240p']);
  expect(leftOut).toEqual([
    { name: '1080p', reason: '480p looks the same' },
    { name: '720p', reason: '480p looks the same' },
  ]);
});

it('stops where everybody can play the rung above', () => {
  const { rungs: kept, leftOut } = keep({ probeBitrate: 80_000 });
  expect(names(kept)).toEqual(['1080p', '720p', '480p']);
  expect(leftOut.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
    '360p: 480p needs less than 145 kbit/s already',
    '240p: 480p needs less than 145 kbit/s already',
  ]);
});

it('caps by the bits the source has, more for codecs that need fewer, and never above the usual', () => {
  expect(caps(keep({ bitrate: 300_000 }).rungs)).toEqual([450_000, 244_949, 145_000, 145_000, 145_000]);
  expect(caps(keep({ bitrate: 300_000, codec: 'hevc' }).rungs)[0]).toBe(765_000);
  expect(caps(keep({ bitrate: 300_000, capped: true }).rungs)[0]).toBe(6_000_000);
  expect(caps(keep({}).rungs)[0]).toBe(6_000_000);
});
