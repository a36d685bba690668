import { expect, it } from 'vitest';
import { verdict } from './detect-interlace.ts';

const line = (top: number, bottom: number, progressive: number) =>
  `[Parsed_idet_0 @ 0x5] Multi frame detection: TFF: ${top} BFF:  ${bottom} Progressive:  ${progressive} Undetermined:  90`;

it('asks for twenty frames of fields and for more of them than progressive ones', () => {
  expect(verdict(line(107, 0, 13))).toBe('all');
  expect(verdict(line(0, 198, 0))).toBe('all');
  expect(verdict(line(12, 3, 0))).toBe('none');
  expect(verdict(line(40, 0, 150))).toBe('none');
  expect(verdict('nothing')).toBe('none');
});
