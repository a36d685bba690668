/**
 * Steering by VMAF where ffmpeg has it. Ours may not, so a program of that name stands before it on the path: it says it has
 * libvmaf, gives the ssim filter its pictures, and prints a hundred times the SSIM as the score.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { makeStream } from '../support/make-stream.ts';
import { quickVideo, renderClip } from '../support/render-clip.ts';

const standIn = (real: string) => `#!/bin/bash
if [[ " $* " == *" -filters "* ]]; then
  "${real}" "$@" | sed 's/^ \\(\\S*\\) ssim .*/&\\n \\1 libvmaf           VV->V      Calculate the VMAF./'
  exit
fi
if [[ "$*" != *libvmaf* ]]; then exec "${real}" "$@"; fi
log=$(mktemp "\${TMPDIR:-/tmp}/stand-in-XXXXXX")
"${real}" "\${@//]libvmaf[/]ssim[}" 2> "$log"
code=$?
cat "$log" >&2
sed -n 's/.*SSIM Y:0\\.\\([0-9][0-9]\\)\\([0-9]*\\) .*/VMAF score: \\1.\\2/p' "$log" | head -n 1 >&2
rm -f "$log"
exit $code
`;

beforeAll(async () => {
  const path = process.env.PATH ?? '';
  const real = path.split(delimiter).map((part) => join(part, 'ffmpeg'));
  const folder = await mkdtemp(join(tmpdir(), 'farm-vmaf-'));
  await writeFile(join(folder, 'ffmpeg'), standIn(real.find((file) => existsSync(file)) ?? 'ffmpeg'));
  await chmod(join(folder, 'ffmpeg'), 0o755);
  process.env.PATH = `${folder}${delimiter}${path}`;
  return async () => {
    process.env.PATH = path;
    await rm(folder, { recursive: true, force: true });
  };
});

it('steers every rung by VMAF and tells all three scores', async () => {
  const sharp = ['-f', 'lavfi', '-i', 'mandelbrot=s=320x180:r=10:start_scale=0.8', '-t', '1'];
  const input = await renderClip('in.mkv', ...sharp, ...quickVideo, '-crf', '8');
  const params = { preset: 'hls', ladder: ['240p'], quality: { vmaf: 93, ssim: 0.99 }, video: { speed: 'fastest' } };
  const { files } = await makeStream(params, input);
  const facts = files.get('180p/playlist.m3u8')?.facts;
  expect(facts).toMatchObject({ qualityMetric: 'vmaf', psnr: expect.any(Number), ssim: expect.any(Number) });
  expect(Number(facts?.vmaf)).toBeGreaterThanOrEqual(92.5);
  expect(Number(facts?.vmaf)).toBeLessThan(95.5);
});
