/** The lower rungs of a ladder: what scales their pictures loses no more than swscale's Lanczos. Needs ffmpeg; no server. */
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { type Scaler, scaleRung } from '../../workers/transcode/rung-scaler.ts';

const whole = '1280:720';
const source = ['-f', 'lavfi', '-i', `mandelbrot=s=${whole.replace(':', 'x')}:r=5,trim=end_frame=4,format=yuv420p`];

/** SSIM in dB of pictures that were made small and large again, of luma and of both chroma planes. */
function kept(small: string): number[] {
  const graph = `split[a][b];[a]${small},scale=${whole}:flags=bicubic,setsar=1[c];[c][b]ssim`;
  const args = ['-hide_banner', '-nostats', ...source, '-lavfi', graph, '-f', 'null', '-'];
  const { stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8' });
  return ['Y', 'U', 'V'].map((plane) =>
    Number(new RegExp(`SSIM .*${plane}:[\\d.]+ \\(([\\d.]+)\\)`).exec(stderr)?.[1]),
  );
}

it.each([
  [854, 480],
  [640, 360],
])('keeps as much of %s × %s pictures, whichever is at hand', (width, height) => {
  const usual = kept(`scale=${width}:${height}:flags=lanczos`);
  expect(Math.min(...usual)).toBeGreaterThan(10);
  for (const scaler of ['zscale', 'scale'] satisfies Scaler[]) {
    const ours = kept(scaleRung(scaler, { width, height }));
    for (const [plane, level] of ours.entries()) expect(level).toBeGreaterThan((usual[plane] ?? Number.NaN) - 0.25);
    expect(ours[0]).toBeGreaterThan((usual[0] ?? Number.NaN) - 0.02);
  }
});
