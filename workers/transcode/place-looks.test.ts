import { expect, it } from 'vitest';
import { placeLooks } from './place-looks.ts';

const clip = (seconds: number, seekSeconds = 0) => ({ seconds, seekSeconds, leadSeconds: 0 }) as never;
const looks = (seconds: number, speed = 1) => placeLooks({ clip: clip(seconds), speed });
const widestGap = (seconds: number) => {
  const { stretches, glances } = looks(seconds);
  const at = [0, ...stretches.map((stretch) => stretch.at), ...glances, seconds].sort((a, b) => a - b);
  return Math.max(...at.slice(1).map((end, index) => end - (at[index] ?? 0)));
};

it('sees a short film whole', () => {
  expect(looks(5)).toEqual({ stretches: [{ at: 0, seconds: 5 }], glances: [] });
  expect(looks(0.1).stretches).toEqual([{ at: 0, seconds: 1 }]);
});

it('leaves no ten seconds of seven minutes unseen', () => {
  for (const seconds of [20, 60, 125, 400]) expect(widestGap(seconds)).toBeLessThan(10.001);
});

it('leaves no fortieth of a long film unseen, at a cost that grows no more', () => {
  for (const hours of [0.5, 2, 6]) expect(widestGap(hours * 3600)).toBeLessThan(hours * 90.001);
  const counts = [1, 2, 6].map((hours) => looks(hours * 3600)).map(({ stretches, glances }) => [stretches, glances]);
  expect(counts.map((both) => both.map(({ length }) => length))).toEqual([
    [6, 40],
    [6, 40],
    [6, 40],
  ]);
});

it('counts in the time of the source', () => {
  const { stretches } = placeLooks({ clip: clip(30, 100), speed: 2 });
  expect(stretches.map(({ at }) => at)).toEqual([110, 130, 150]);
});
