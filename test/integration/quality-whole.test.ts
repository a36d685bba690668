/** `scores: whole`: every frame of the finished result against what the encoder was given. Needs ffmpeg; no server. */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { home, inPieces, whole } from '../support/compare-split.ts';
import { makeStream } from '../support/make-stream.ts';
import { quickVideo, renderClip, testSources } from '../support/render-clip.ts';
import { measureVmaf, noVmafFfmpeg, useVmafFfmpeg, vmafFfmpeg } from '../support/vmaf-ffmpeg.ts';

if (vmafFfmpeg === undefined) process.stdout.write(`VMAF of whole results was not tried: ${noVmafFfmpeg}\n`);

const quality = { scores: 'whole' };
const counted = 'settb=1/25,setpts=N';
const lossless = { speed: 'fastest', crf: 0 };
const crop = { x: 20, y: 10, width: 100, height: 60 };
const part = { start: 0.53, end: 1.61 };
const moving = 'testsrc2=s=161x91:r=25';
const clip = (name: string, source: string, ...more: string[]) =>
  renderClip(name, '-f', 'lavfi', '-i', source, '-t', '2', ...quickVideo, ...more);

/** Later frames come apart in time; a score of one frame against the next would show. */
const unsteady = () => clip('in.mkv', `${moving},select=not(mod(n\\,3))+gt(n\\,30)`, '-fps_mode', 'vfr');
const fields = () =>
  clip('in.mp4', 'testsrc2=s=160x96:r=50,tinterlace=interleave_top,setfield=tff', '-flags', '+ilme+ildct');

async function spoken(): Promise<string> {
  const words = join(await home(), 'words.srt');
  await writeFile(words, '1\n00:00:00,200 --> 00:00:01,500\nGood evening\n');
  return renderClip('in.mkv', '-f', 'lavfi', '-i', 'testsrc2=s=320x180:d=2', '-i', words, ...quickVideo, '-c:s', 'srt');
}

it.each([
  ['a size no encoder takes', () => clip('in.mp4', moving), {}],
  ['a crop with bars', () => clip('in.mp4', moving), { video: { ...lossless, crop, pad: { aspect: '1:1' } } }],
  ['times of its own', unsteady, { container: 'mkv' }],
  ['a clip at another rate', () => clip('in.mkv', moving), { clip: part, video: { ...lossless, fps: 12 } }],
  ['a clip decoded from before', () => clip('in.ts', moving), { clip: part }],
  ['a speed', () => clip('in.mp4', moving), { speed: 1.7, fade: { in: 0.3, out: 0.3 }, watermark: { text: 'mine' } }],
  ['fields', fields, { video: { ...lossless, deinterlace: 'always' } }],
  ['drawn words', spoken, { subtitles: { burn: 'any' } }],
  ['colours of HD', () => clip('in.mp4', 'testsrc2=s=320x180', '-colorspace', 'bt709', '-color_range', 'tv'), {}],
])('a result without loss is told to have none: %s', async (_, source, params) => {
  const { outputs } = await whole(await source(), { container: 'mp4', quality, video: lossless, ...params });
  const { ssim, psnr, scores, crf, sampledSeconds } = outputs[0]?.facts ?? {};
  expect({ ssim, psnr, scores }).toEqual({ ssim: 1, psnr: 100, scores: 'whole' });
  expect([crf, sampledSeconds]).toEqual([undefined, undefined]);
});

it.each([
  ['one after the other', { firstRung: 'early' }],
  ['with the sound inside', { segments: 'ts' }],
])('every rung has scores of its own, %s', async (_, params) => {
  const input = await renderClip('in.mp4', ...testSources(1, '640x360'), ...quickVideo, '-crf', '4');
  const video = { speed: 'fastest', crf: 30 };
  const { files, root } = await makeStream(
    { preset: 'hls', ladder: ['360p', '240p'], quality, video, ...params },
    input,
  );
  const told = ['360p', '240p'].map((rung) => files.get(`${rung}/playlist.m3u8`)?.facts ?? {});
  expect(told.map(({ scores }) => scores)).toEqual(['whole', 'whole']);
  expect(files.get('film.m3u8')?.facts).toMatchObject({ ssim: told[0]?.ssim });
  expect(measureSsim(join(root, '360p/playlist.m3u8'), input)).toBeCloseTo(Number(told[0]?.ssim), 4);
  expect(Number(told[1]?.ssim)).not.toBe(told[0]?.ssim);
});

/** A command of its own, frame by frame. */
function measureSsim(made: string, wanted: string): number {
  const graph = `[0:v]${counted}[a];[1:v]${counted}[b];[a][b]ssim`;
  const args = ['-v', 'info', '-nostdin', '-i', made, '-i', wanted, '-lavfi', graph, '-f', 'null', '-'];
  return Number(/SSIM Y:([\d.]+)/.exec(spawnSync('ffmpeg', args, { encoding: 'utf8' }).stderr)?.[1]);
}

const tenBits = { speed: 'fastest', crf: 0, pixelFormat: 'yuv420p10le' };

it('ten bits are compared in ten bits', async () => {
  const { outputs } = await whole(await clip('in.mp4', moving), { container: 'mp4', quality, video: tenBits });
  // x264 has no CRF without loss in ten bits; in eight the steps alone would cost 10 dB of this.
  expect(Number(outputs[0]?.facts?.psnr)).toBeGreaterThan(62);
});

const fuzzy = { speed: 'fastest', crf: 33, fps: 5 };
/** Its two halves do not look alike. */
const changing = 'mandelbrot=s=320x180:r=5:start_scale=0.8:end_scale=0.01:end_pts=100';
const long = () =>
  renderClip('in.mp4', '-f', 'lavfi', '-i', changing, '-t', '22', ...quickVideo, '-crf', '4', '-g', '25');

it.each([
  ['a file', { container: 'mp4' }, 'film.mp4'],
  ['a stream', { preset: 'hls' }, '180p/playlist.m3u8'],
])('pieces score their own frames, and the whole has the mean: %s', async (_, params, name) => {
  const input = await long();
  const pieces = await inPieces(input, { ...params, quality, video: fuzzy });
  const result = pieces?.outputs.find((output) => output.name === name);
  const [chunk] = pieces?.parts ?? [];
  const { ssim, psnr, scores } = result?.facts ?? {};
  expect([pieces?.parts.length, scores]).toEqual([2, 'whole']);
  const first = chunk?.files[0]?.output as { score?: { ssim: number } } | undefined;
  expect(Math.abs(Number(first?.score?.ssim) - Number(ssim))).toBeGreaterThan(0.002);
  expect(measureSsim(result?.path ?? '', input)).toBeCloseTo(Number(ssim), 4);
  const one = await whole(input, { ...params, quality, video: fuzzy });
  const wanted = one.outputs.find((output) => output.name === name)?.facts ?? {};
  // A keyframe at the cut is all that differs.
  expect(Number(ssim)).toBeCloseTo(Number(wanted.ssim), 2);
  expect(Math.abs(Number(psnr) - Number(wanted.psnr))).toBeLessThan(0.5);
  expect(Object.keys(result?.facts ?? {})).toEqual(Object.keys(wanted));
});

describe.skipIf(vmafFfmpeg === undefined)('with libvmaf', () => {
  useVmafFfmpeg();

  it('whole and in pieces, and by a command of our own', async () => {
    const input = await long();
    const params = { container: 'mp4', quality, video: { ...fuzzy, fps: undefined } };
    const [pieces, one] = [await inPieces(input, params), await whole(input, params)];
    for (const output of [pieces?.outputs[0], one.outputs[0]]) {
      const graph = `[0:v]${counted}[made];[1:v]${counted}[wanted]`;
      const real = measureVmaf([output?.path ?? '', input], graph);
      expect(output?.facts).toMatchObject({ scores: 'whole', vmafModel: 'vmaf_v0.6.1' });
      // The first frame of a piece has none before it to move away from.
      expect(Math.abs(real - Number(output?.facts?.vmaf))).toBeLessThan(output === one.outputs[0] ? 0.001 : 0.5);
    }
  });

  it('takes the model of 4K for 4K', async () => {
    const input = await renderClip('in.mp4', '-f', 'lavfi', '-i', 'testsrc2=s=3840x2160:r=2', '-t', '1', ...quickVideo);
    const params = { preset: 'mp4-2160p', quality, video: { speed: 'fastest', crf: 38 } };
    const { outputs } = await whole(input, params);
    const { vmaf, vmafModel } = outputs[0]?.facts ?? {};
    expect(vmafModel).toBe('vmaf_4k_v0.6.1');
    // The source names no colours and the result does: without the same names ffmpeg 7 converts one of them, and tells 62.
    const named = 'setparams=colorspace=bt709:range=tv';
    const graph = `[0:v]${named},${counted}[made];[1:v]${named},${counted}[wanted]`;
    expect(measureVmaf([outputs[0]?.path ?? '', input], graph, 'vmaf_4k_v0.6.1')).toBeCloseTo(Number(vmaf), 3);
  });
});
