/** A quality asked for: what is steered, dropped and told, checked with ffmpeg's own filter on the result. Needs ffmpeg; no server. */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import HLS from 'hls-parser';
import { expect, it } from 'vitest';
import { hasFilter } from '../../workers/media/find-filters.ts';
import { type MadeStream, makeStream } from '../support/make-stream.ts';
import { quickVideo, renderClip } from '../support/render-clip.ts';

const video = { speed: 'fastest', keyframeSeconds: 2 };
/** Fine detail that lives at 360 lines. */
const sharp = ['-f', 'lavfi', '-i', 'mandelbrot=s=640x360:r=10:start_scale=0.8', '-t', '2'];
/** The same detail at 120 lines, enlarged. */
const soft = [
  '-f',
  'lavfi',
  '-i',
  'mandelbrot=s=214x120:r=10:start_scale=0.8,scale=640:360:flags=bicubic,setsar=1',
  '-t',
  '2',
];

const source = (input: readonly string[]) => renderClip('in.mkv', ...input, ...quickVideo, '-crf', '8');

function heightsOf({ files }: MadeStream): (number | undefined)[] {
  const master = HLS.parse(files.get('film.m3u8')?.content.toString() ?? '') as HLS.types.MasterPlaylist;
  return master.variants.filter(({ isIFrameOnly }) => !isIFrameOnly).map(({ resolution }) => resolution?.height);
}

it('finds a CRF for every rung of a list, and tells the truth of what they score', async () => {
  const input = await source(soft);
  const stream = await makeStream({ preset: 'hls', ladder: ['360p', '240p'], quality: { ssim: 0.95 }, video }, input);
  // Four trials of two seconds for each rung against the two seconds of the clip.
  expect(stream.fractions).toEqual([...stream.fractions].sort((a, b) => a - b));
  expect(stream.fractions.filter((fraction) => fraction > 0.05 && fraction < 0.75).length).toBeGreaterThan(3);
  expect(heightsOf(stream)).toEqual([360, 240]);
  const facts = ['360p', '240p'].map((rung) => stream.files.get(`${rung}/playlist.m3u8`)?.facts ?? {});
  expect(facts[0]?.crf).not.toBe(facts[1]?.crf);
  for (const [index, size] of ['640:360', '426:240'].entries()) {
    const { ssim, psnr, qualityMetric, sampledSeconds } = facts[index] ?? {};
    expect(sampledSeconds).toBe(2);
    expect(qualityMetric).toBe('ssim');
    expect(Number(psnr)).toBeGreaterThan(25);
    const rung = ['360p', '240p'][index] ?? '';
    const measured = await measure(stream, rung, input, size);
    expect(Math.abs(measured - Number(ssim))).toBeLessThan(0.01);
    expect(measured).toBeGreaterThan(0.94);
    expect(measured).toBeLessThan(0.975);
  }
});

it('leaves out the rungs that buy nothing when the ladder is left to it', async () => {
  const params = { preset: 'hls', quality: { ssim: 0.95 }, video };
  expect(heightsOf(await makeStream(params, await source(sharp)))).toEqual([360, 240]);
  expect(heightsOf(await makeStream(params, await source(soft)))).toEqual([240]);
});

it('takes an SSIM that about fits where VMAF cannot be measured, and says by what it steered', async () => {
  const { files } = await makeStream({ preset: 'mp4-360p', quality: { vmaf: 90 }, video }, await source(sharp));
  const { qualityMetric, ssim, vmaf } = files.get('film.mp4')?.facts ?? {};
  const canVmaf = await hasFilter('libvmaf');
  expect([qualityMetric, vmaf === undefined]).toEqual(canVmaf ? ['vmaf', false] : ['ssim', true]);
  expect(Number(ssim)).toBeGreaterThan(0.94);
});

/** The whole rung against the source at its size. */
async function measure({ files, root }: MadeStream, rung: string, input: string, size: string): Promise<number> {
  const names = [...files.keys()].filter((name) => name.startsWith(`${rung}/seg_`)).sort();
  const path = join(root, `${rung}.mp4`);
  const parts = [`${rung}/init.mp4`, ...names].map((name) => files.get(name)?.content ?? Buffer.alloc(0));
  await writeFile(path, Buffer.concat(parts));
  const graph = `[0:v]settb=1/25,setpts=N[a];[1:v]scale=${size}:flags=lanczos,settb=1/25,setpts=N[b];[a][b]ssim`;
  const args = ['-v', 'info', '-nostdin', '-i', path, '-i', input, '-lavfi', graph, '-f', 'null', '-'];
  return Number(/SSIM Y:([\d.]+)/.exec(spawnSync('ffmpeg', args, { encoding: 'utf8' }).stderr)?.[1]);
}
