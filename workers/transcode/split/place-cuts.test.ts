import { describe, expect, it } from 'vitest';
import { mergeRanges } from './byte-ranges.ts';
import { chooseLength } from './choose-length.ts';
import { cutStretches } from './cut-stretches.ts';
import { openingOf, placeCuts } from './place-cuts.ts';
import { planTiles } from './plan-tiles.ts';
import type { Packet, PacketTable } from './read-packets.ts';
import { forcedFrames, readTimeline } from './timeline.ts';

/** Frames of a 25th of a second in ticks of 90 kHz, a keyframe every `every`. */
function table(frames: number, every: number, more: Partial<PacketTable> = {}): PacketTable {
  const packets = Array.from({ length: frames }, (_, index): Packet => {
    return { pts: index * 3600, keyframe: index % every === 0, discarded: false, position: index * 1000, bytes: 1000 };
  });
  return { packets, timeBase: [1, 90_000], startMicros: 0, ...more };
}

/** The whole file. */
const clip = { seekSeconds: 0, leadSeconds: 0, seconds: 0, ends: false };
const plain = { fps: undefined, keyframeSeconds: undefined, clip, speed: 1 };
const changed = (packets: readonly Packet[], index: number, packet: Partial<Packet>) =>
  packets.map((one, position) => (position === index ? { ...one, ...packet } : one));

describe('readTimeline', () => {
  it('counts from the earliest time of the file', () => {
    const { seconds } = readTimeline(table(3, 1, { startMicros: -40_000 }), 'mov', plain);
    expect(seconds.map((at) => at.toFixed(6))).toEqual(['0.040000', '0.080000', '0.120000']);
  });

  it('leaves out what an edit list hides', () => {
    const { packets, ...rest } = table(50, 25);
    const { seconds } = readTimeline({ ...rest, packets: changed(packets, 0, { discarded: true }) }, 'mov', plain);
    expect(seconds).toHaveLength(49);
  });

  it.each([
    ['no time', 'mov', { pts: Number.NaN }],
    ['the same time', 'mov', { pts: 3600 }],
    ['clock jumps', 'mpegts', { pts: 90_000_000 }],
  ])('refuses pictures with %s', (sentence, demuxer, packet) => {
    const { packets, ...rest } = table(50, 25);
    expect(() => readTimeline({ ...rest, packets: changed(packets, 2, packet) }, demuxer, plain)).toThrow(sentence);
  });

  it('counts frames of another rate when one is asked for', () => {
    const timeline = readTimeline(table(51, 25), 'mov', { ...plain, fps: 10, keyframeSeconds: 1 });
    expect(timeline.seconds).toHaveLength(21);
    expect(timeline.forced).toEqual([0, 10, 20]);
    expect(timeline.keyframes).toEqual([0, 10, 20]);
  });
});

it('does not count what another rate makes of a gap of years', () => {
  const { packets, ...rest } = table(50, 25);
  const years = { ...rest, packets: changed(packets, 49, { pts: 2 ** 50 }) };
  expect(() => readTimeline(years, 'mov', { ...plain, fps: 10 })).toThrow('too many pictures');
});

describe('readTimeline of a clip', () => {
  const counted = (wish: object, demuxer = 'mov') => {
    const { seconds, media, first, end } = readTimeline(table(500, 25), demuxer, { ...plain, ...wish });
    const span = (of: readonly number[]) => [of[first], of[end - 1]].map((at) => at?.toFixed(6));
    return { frames: end - first, seconds: span(seconds), media: span(media) };
  };
  const sought = { ...clip, seekSeconds: 3.33, seconds: 10.03, ends: true };

  it('begins at the first frame that is not before it, and ends before its length', () => {
    const seconds = ['0.030000', '9.990000'];
    expect(counted({ clip: sought })).toEqual({ frames: 250, seconds, media: seconds });
  });

  it('leaves behind what is decoded ahead of it', () => {
    const late = { ...clip, seekSeconds: 2, leadSeconds: 10, seconds: 5, ends: true };
    const said = counted({ clip: late }, 'mpegts');
    expect(said).toEqual({ frames: 125, seconds: ['0.000000', '4.960000'], media: ['10.000000', '14.960000'] });
  });

  it('shows it faster, its length being that of the result', () => {
    const said = counted({ clip: { ...sought, seconds: 5.015 }, speed: 2 });
    expect(said).toEqual({ frames: 250, seconds: ['0.015000', '4.995000'], media: ['0.030000', '9.990000'] });
  });

  it('counts keyframes of the encoder from its first frame', () => {
    const timeline = readTimeline(table(500, 25), 'mov', {
      ...plain,
      keyframeSeconds: 4,
      clip: { ...clip, seekSeconds: 4 },
    });
    expect(timeline.forced).toEqual([100, 200, 300, 400]);
  });

  it('has a finer clock at another speed where the source counts frames', () => {
    const { packets } = table(50, 25);
    const frames = { timeBase: [1, 25] as const, packets: packets.map((one) => ({ ...one, pts: one.pts / 3600 })) };
    const { seconds } = readTimeline({ ...frames, startMicros: 0 }, 'avi', { ...plain, speed: 2 });
    expect(seconds.slice(0, 3).map((at) => at.toFixed(6))).toEqual(['0.000000', '0.020000', '0.040000']);
  });

  it('refuses a speed at which two pictures fall together', () => {
    const { packets } = table(50, 25);
    const dense = {
      timeBase: [1, 10_000] as const,
      packets: packets.map((one, index) => ({ ...one, pts: index * 2 })),
    };
    expect(() => readTimeline({ ...dense, startMicros: 0 }, 'mov', { ...plain, speed: 4 })).toThrow('at this speed');
  });
});

it('forces the keyframes a whole run forces, after a gap too', () => {
  expect(forcedFrames([0, 0.5, 1, 1.5, 2], 1)).toEqual([0, 2, 4]);
  expect(forcedFrames([0, 5, 5.1, 5.2, 5.3], 2)).toEqual([0, 1, 2]);
  expect(forcedFrames([0.7, 1.2, 1.7, 2.2, 2.7, 3.2], 1)).toEqual([0, 2, 4]);
});

describe('placeCuts', () => {
  it('cuts at the keyframes nearest to the grid', () => {
    const timeline = readTimeline(table(3000, 70), 'mov', plain);
    expect(placeCuts(timeline, { chunkSeconds: 30 })).toEqual([0, 770, 1470, 2240]);
  });

  it('leaves no splinter at the end', () => {
    expect(placeCuts(readTimeline(table(1600, 25), 'mov', plain), { chunkSeconds: 30 })).toEqual([0, 750]);
  });

  it('cuts streams on their own grid, whatever the keyframes of the source', () => {
    const timeline = readTimeline(table(3000, 77), 'mov', { ...plain, keyframeSeconds: 4 });
    expect(placeCuts(timeline, { chunkSeconds: 30 })).toEqual([0, 800, 1500, 2300]);
  });

  it('does not cut where too much would be decoded for nothing', () => {
    const timeline = readTimeline(table(3000, 5000), 'mov', { ...plain, keyframeSeconds: 4 });
    expect(placeCuts(timeline, { chunkSeconds: 30 })).toEqual([0]);
  });

  it('makes no more chunks than a message carries, whatever the pictures say of their times', () => {
    const { packets, ...rest } = table(2001, 1);
    const rare = packets.map((one, index) => ({ ...one, pts: index * 25 * 90_000 }));
    expect(placeCuts(readTimeline({ ...rest, packets: rare }, 'mov', plain), { chunkSeconds: 20 })).toHaveLength(400);
    const ages = changed(packets, 2000, { pts: 2 ** 62 });
    expect(placeCuts(readTimeline({ ...rest, packets: ages }, 'mov', plain), { chunkSeconds: 20 })).toEqual([0]);
  });

  it('opens the source one keyframe early', () => {
    const timeline = readTimeline(table(3000, 70), 'mov', plain);
    expect(openingOf(timeline, 770)).toBe(10);
    expect(openingOf(timeline, 771)).toBe(10);
    expect(timeline.seeks[10]).toBeCloseTo(28.01, 6);
    expect(openingOf(timeline, 70)).toBeUndefined();
  });
});

it('puts every frame into exactly one stretch', () => {
  const pictures = table(1600, 25, { startMicros: 1_400_000 });
  const shifted = { ...pictures, packets: pictures.packets.map((one) => ({ ...one, pts: one.pts + 126_000 })) };
  const stretches = cutStretches(readTimeline(shifted, 'mov', plain), [0, 500, 1000], [0, 1200]);
  expect(stretches.map(({ frames }) => frames)).toEqual([500, 500, 600]);
  expect(stretches[1]).toMatchObject({ fromSeconds: 19.99, untilSeconds: 39.99, firstSeconds: 20, lastSeconds: 39.96 });
  expect(stretches[1]?.seekSeconds).toBeCloseTo(19.01 + 1.4, 6);
  expect(stretches.map(({ tiles }) => tiles)).toEqual([[0], [], [47.99]]);
});

it('names no more keyframes than a command takes', () => {
  const { packets, ...rest } = table(10_002, 25);
  const gap = packets.map((one, index) => ({ ...one, pts: one.pts + (index === 0 ? 0 : 10_000 * 90_000) }));
  const timeline = readTimeline({ ...rest, packets: gap }, 'mov', { ...plain, keyframeSeconds: 0.5 });
  expect(() => cutStretches(timeline, [0], [])).toThrow('too many keyframes');
  expect(cutStretches(timeline, [0, 5000], []).map(({ keyframes }) => keyframes.length)).toEqual([5000, 5002]);
});

it('shows the frame of each time on the sprite, one frame twice where nothing moves', () => {
  const plan = {
    container: 'hls',
    extras: { sprite: true },
    clip: { ...clip, seconds: 20 },
    video: { canvas: { width: 64, height: 36 } },
  };
  const { frames, order } = planTiles(plan as never, { seconds: [0, 0.9, 1.1, 19], first: 0, end: 4 });
  expect(frames).toEqual([0, 1, 2, 3]);
  expect(order.slice(0, 4)).toEqual([0, 1, 2, 2]);
  expect(order).toHaveLength(20);
});

it('makes several pieces a slot, neither tiny nor huge', () => {
  expect(chooseLength(600, { idle: 4, total: 4 }, undefined)).toBe(50);
  expect(chooseLength(120, { idle: 8, total: 8 }, undefined)).toBe(20);
  expect(chooseLength(7200, { idle: 2, total: 2 }, undefined)).toBe(60);
  expect(chooseLength(7200, { idle: 2, total: 2 }, 15)).toBe(15);
});

it('merges bytes that lie close together, and takes the file when little is left out', () => {
  const far = 10_000_000;
  expect(
    mergeRanges(
      [
        { first: far, last: far + 9 },
        { first: 0, last: 99 },
        { first: 50, last: 300 },
      ],
      2 * far,
    ),
  ).toEqual([
    { first: 0, last: 300 },
    { first: far, last: far + 9 },
  ]);
  expect(mergeRanges([{ first: 0, last: 90 }], 100)).toBeNull();
});

it('asks for no bytes beyond the end, and for the whole file where it would be asked for in crumbs', () => {
  const bytes = 1e9;
  const crumbs = Array.from({ length: 257 }, (_, index) => ({ first: index * 1e6, last: index * 1e6 }));
  expect(mergeRanges([...crumbs.slice(1), { first: bytes, last: bytes + 9 }], bytes)).toEqual(crumbs.slice(1));
  expect(mergeRanges(crumbs, bytes)).toBeNull();
});
