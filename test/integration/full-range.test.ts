/** Full-range pictures become limited ones, once: black is 16 and white 235 in every result. Needs ffmpeg; no server. */
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { probe, quickVideo, renderClip } from '../support/render-clip.ts';
import { runKind } from '../support/run-kind.ts';

const run = promisify(execFile);
const [width, height] = [640, 360];

/** The luma samples as they are stored, in the middle of the black half and of the white one. */
async function blackAndWhite(path: string) {
  const args = ['-v', 'error', '-i', path, '-map', '0:v:0', '-frames:v', '1'];
  const { stdout } = await run('ffmpeg', [...args, '-vf', 'extractplanes=y', '-f', 'rawvideo', '-'], {
    encoding: 'buffer',
    maxBuffer: 64 * 1024 ** 2,
  });
  const seen = (await probe(path)).video;
  const [wide, high] = [seen?.width ?? width, seen?.height ?? height];
  const at = (share: number) => stdout[Math.floor(high / 2) * wide + Math.floor(wide * share)] ?? -1;
  return [at(0.25), at(0.75)];
}

const halves = (black: number, white: number) =>
  `color=black:s=${width}x${height}:r=10:d=2,format=gray,geq=lum='if(lt(X,W/2),${black},${white})'`;
const clip = (name: string, source: string, ...encode: string[]) =>
  renderClip(name, '-f', 'lavfi', '-i', source, ...encode);

const h264Full = () =>
  clip(
    'full.mp4',
    `${halves(0, 255)},format=yuvj420p`,
    ...quickVideo,
    '-pix_fmt',
    'yuvj420p',
    '-qp',
    '4',
    '-color_range',
    'pc',
  );
const mjpegFull = () => clip('full.avi', `${halves(0, 255)},format=yuvj420p`, '-c:v', 'mjpeg', '-q:v', '2');
/** The samples are limited already: as they are, with a name that says so. */
const limited = () =>
  clip(
    'limited.mp4',
    `${halves(0, 255)},scale=out_range=tv,format=yuv420p`,
    ...quickVideo,
    '-qp',
    '4',
    '-color_range',
    'tv',
  );

const near = (found: readonly number[], wanted: readonly number[]) => {
  for (const [index, value] of found.entries()) expect(Math.abs(value - (wanted[index] ?? -1))).toBeLessThanOrEqual(2);
};

describe.each([
  ['H.264 in full range', h264Full, [0, 255]],
  ['MJPEG', mjpegFull, [0, 255]],
  ['limited range', limited, [16, 235]],
] as const)('%s', (_name, source, stored) => {
  it('becomes limited range, once, in every kind of result', async () => {
    const path = await source();
    near(await blackAndWhite(path), stored);
    const results = [
      await runKind('transcode', { video: { speed: 'fastest' } }, path),
      await runKind('transcode', { container: 'mkv', video: { speed: 'fastest', width: 160 } }, path),
      await runKind('transcode', { container: 'webm', video: { codec: 'vp9', speed: 'fastest' } }, path),
      await runKind('concat', { speed: 'fastest' }, path, path),
      await runKind('preview', { format: 'mp4', seconds: 1 }, path),
    ];
    for (const { output } of results) {
      near(await blackAndWhite(output.path), [16, 235]);
      expect([undefined, 'tv']).toContain((await probe(output.path)).video?.color_range);
    }
  });

  it('becomes limited range in the rungs of a stream, and full range in a JPEG', async () => {
    const path = await source();
    const { task } = await runKind(
      'transcode',
      { preset: 'hls', ladder: ['360p', '240p'], video: { speed: 'fastest' } },
      path,
    );
    const rungs = task.emitted.filter(({ name }) => name.endsWith('init.mp4'));
    expect(rungs).toHaveLength(2);
    for (const rung of rungs) near(await blackAndWhite(join(dirname(rung.path), 'playlist.m3u8')), [16, 235]);
    const { output } = await runKind('poster', { time: 1 }, path);
    near(await blackAndWhite(output.path), [0, 255]);
  });
});
