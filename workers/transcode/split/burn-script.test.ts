import { expect, it } from 'vitest';
import { burnBetween, drawsAlike, readBurnScript } from './burn-script.ts';

const line = (start: string, end: string, text: string) => `Dialogue: 0,${start},${end},Default,,0,0,0,,${text}`;
const head =
  '[Script Info]\nPlayResX: 384\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text';
const script = readBurnScript(
  [
    head,
    line('0:00:00.-60', '0:00:03.60', 'before the clip'),
    line('0:00:10.00', '0:00:20.00', 'early'),
    line('0:00:15.00', '0:00:26.00', 'over it'),
    line('0:00:26.00', '1:00:30.50', 'alone'),
    '',
  ].join('\r\n'),
);

it('reads times, those before zero too', () => {
  expect(script.lines.map(({ start, end }) => [start, end])).toEqual([
    [-0.6, 3.6],
    [10, 20],
    [15, 26],
    [26, 3630.5],
  ]);
});

it('gives each stretch the lines it shows', () => {
  const shown = (from?: number, until?: number) =>
    burnBetween(script, from, until)
      .match(/,,0,0,0,,.*/g)
      ?.map((text) => text.slice(9));
  expect(shown(undefined, 9)).toEqual(['before the clip']);
  expect(shown(22, 25)).toEqual(['over it']);
  expect(shown(100)).toEqual(['alone']);
  expect(burnBetween(script, 7000)).toBe(`${head}\n`);
});

it('cuts nowhere from where two lines meet until both are over', () => {
  const free = drawsAlike(script);
  expect([2, 9, 12, 14, 14.9, 17, 22, 26.2, 27, 100].map(free)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
});

it('refuses what is too long to be sent with every part', () => {
  expect(() => readBurnScript('x'.repeat(17_000))).toThrow('too long');
});
