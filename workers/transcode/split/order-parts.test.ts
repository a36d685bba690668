import { expect, it } from 'vitest';
import { orderParts } from './order-parts.ts';

const size = { width: 640, height: 360 };
const plan = {
  ...{ container: 'mp4', speed: 1, clip: { seconds: 6000, leadSeconds: 0, ends: false }, tags: {} },
  ...{ audio: [], subtitles: {}, keepChapters: false, extras: {} },
  video: { canvas: size, size, encoding: { codec: 'h264', speed: 'fast' }, stream: { ...size, fps: 25 } },
};
const source = { demuxer: 'mov', file: { name: 'film.mp4' }, media: { chapters: [], subtitles: [] } };

/** One line that is seen all the time, of nine hundred thousand letters. */
const burn = { head: '', lines: [{ start: 0, end: 6000, text: 'a'.repeat(900_000) }] };

function ordered(chunks: number) {
  const stretches = Array.from({ length: chunks }, (_, index) => {
    const [firstSeconds, lastSeconds] = [index * 30, index * 30 + 29.96];
    return {
      ...{ firstSeconds, lastSeconds, frames: 750 },
      ...{ fromSeconds: firstSeconds, keyframes: [], tiles: [] },
    };
  });
  const clock = { tick: 1 / 90_000, startTicks: 0, startSeconds: 0 };
  const settled = { source, plan, clock, burn, stretches, deinterlace: 'none', reads: [], tiles: [] };
  return orderParts(settled as never);
}

it('cuts no film whose pieces have to know more than a message carries', () => {
  expect(ordered(10).parts).toHaveLength(10);
  expect(() => ordered(20)).toThrow('too long');
});
