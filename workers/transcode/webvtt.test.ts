import { expect, it } from 'vitest';
import { cutCues, readWebvtt, writeWebvtt } from './webvtt.ts';

const written = `WEBVTT

00:01.000 --> 00:02.500
Hello
there

2
01:00:00.000 --> 01:00:01.250 line:0
Late

NOTE nothing

lost behind a blank line
`;

it('reads what ffmpeg writes and writes it again', () => {
  const cues = readWebvtt(written);
  expect(cues).toEqual([
    { start: 1, end: 2.5, settings: '', text: 'Hello\nthere' },
    { start: 3600, end: 3601.25, settings: 'line:0', text: 'Late' },
  ]);
  expect(readWebvtt(writeWebvtt(cues, ['X-TIMESTAMP-MAP=MPEGTS:126000,LOCAL:00:00:00.000']))).toEqual(cues);
  expect(writeWebvtt([])).toBe('WEBVTT\n');
});

it('cuts and hurries cues with the picture', () => {
  const cues = readWebvtt(written);
  expect(cutCues(cues, { start: 2, seconds: 5, speed: 0.5 }).map(({ start, end }) => [start, end])).toEqual([[0, 1]]);
  expect(cutCues(cues, { start: 0, seconds: 0, speed: 2 }).at(-1)?.start).toBe(1800);
});
