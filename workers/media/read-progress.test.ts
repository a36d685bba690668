import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { type FfmpegProgress, readProgress } from './read-progress.ts';

it('reads blocks that arrive in pieces, and tells work from standstill', async () => {
  const stream = new PassThrough();
  const reports: FfmpegProgress[] = [];
  readProgress(stream, (progress) => reports.push(progress));
  stream.write('frame=10\nout_time_us=400');
  stream.write('000\nprogress=continue\nframe=10\nout_time_us=400000\nprogress=continue\n');
  stream.end('frame=0\nout_time_us=N/A\nprogress=end\n');
  await new Promise((resolve) => stream.once('end', resolve));
  expect(reports).toEqual([
    { seconds: 0.4, frames: 10, advanced: true },
    { seconds: 0.4, frames: 10, advanced: false },
    { seconds: undefined, frames: 0, advanced: true },
  ]);
});

it('hears of single frames where no block comes, at most ten a second', async () => {
  const stream = new PassThrough();
  const reports: FfmpegProgress[] = [];
  readProgress(stream, (progress) => reports.push(progress));
  stream.end('frame:0    pts:0       pts_time:0\ntold=1\nframe:1    pts:512     pts_time:0.04\ntold=1\n');
  await new Promise((resolve) => stream.once('end', resolve));
  expect(reports).toEqual([{ seconds: 0, advanced: true, told: true }]);
});
