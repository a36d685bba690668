import { expect, it } from 'vitest';
import { readStepArguments } from './step-arguments.ts';

it('reads kind, files and params', () => {
  expect(
    readStepArguments(['resize', 'a.jpg', 'b.jpg', '--width', '400', '--format=webp', '--page.size', 'A4', '--trim']),
  ).toEqual({
    kind: 'resize',
    files: ['a.jpg', 'b.jpg'],
    out: '.',
    params: { width: 400, format: 'webp', page: { size: 'A4' }, trim: true },
    typed: { width: '400' },
  });
});

it('takes JSON values and the folder for outputs', () => {
  const read = readStepArguments([
    'transcode',
    'clip.mov',
    '--clip',
    '{"start":1,"end":2}',
    '--video',
    'false',
    '--out',
    'done',
  ]);
  expect(read).toMatchObject({ out: 'done', params: { clip: { start: 1, end: 2 }, video: false } });
});
