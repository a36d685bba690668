import { describe, expect, it } from 'vitest';
import { chooseRungs } from './choose-rungs.ts';
import type { VideoPlan } from './plan.ts';

const planned = (width: number, height: number, encoding: object = {}) =>
  ({
    size: { width, height },
    canvas: { width, height },
    sourceSize: { width, height },
    encoding: { codec: 'h264', speed: 'fast', ...encoding },
  }) as VideoPlan;
const names = (width: number, height: number) => chooseRungs(planned(width, height)).map((rung) => rung.name);

describe('chooseRungs', () => {
  it('never goes above the source', () => {
    expect(names(1920, 1080)).toEqual(['1080p', '720p', '480p', '360p', '240p']);
    expect(names(854, 480)).toEqual(['480p', '360p', '240p']);
    expect(names(1080, 1920)).toEqual(['1080p', '720p', '480p', '360p', '240p']);
  });

  it('adds a rung of the source where the next one would lose much, and keeps a tiny source as it is', () => {
    expect(names(642, 642)).toEqual(['642p', '480p', '360p', '240p']);
    expect(names(176, 144)).toEqual(['144p']);
  });

  it('caps every rung, scaled from an asked-for bitrate', () => {
    const rungs = chooseRungs(planned(1280, 720, { bitrate: 4_000_000 }));
    expect(rungs[0]?.encoding.bitrate).toBe(4_000_000);
    expect(rungs[1]?.encoding.bitrate).toBeLessThan(2_400_000);
    expect(chooseRungs(planned(1280, 720))[0]?.encoding.maxBitrate).toBe(3_200_000);
  });
});
