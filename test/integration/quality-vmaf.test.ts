/** Steering by VMAF, by an ffmpeg that does nothing else, checked by commands of our own on the whole result. Needs ffmpeg; no server. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configureMeasuring } from '../../workers/media/measuring-ffmpeg.ts';
import { readFixtures } from '../support/fixtures.ts';
import { type MadeStream, makeStream } from '../support/make-stream.ts';
import { quickVideo, renderClip } from '../support/render-clip.ts';
import { measureVmaf, noVmafFfmpeg, useVmafFfmpeg, vmafFfmpeg } from '../support/vmaf-ffmpeg.ts';

if (vmafFfmpeg === undefined) process.stdout.write(`VMAF was not tried: ${noVmafFfmpeg}\n`);

/** An animated film, or one of ffmpeg's own making. */
async function film(): Promise<string> {
  const real = readFixtures().find(({ file }) => file.startsWith('bbb__'));
  const zoom = 'mandelbrot=s=854x480:r=10:start_scale=0.8:end_scale=0.2:end_pts=400';
  return real?.path ?? renderClip('in.mkv', '-f', 'lavfi', '-i', zoom, '-t', '30', ...quickVideo, '-crf', '8');
}

async function wholeRung({ files, root }: MadeStream, rung: string): Promise<string> {
  const names = [...files.keys()].filter((name) => name.startsWith(`${rung}/seg_`)).sort();
  const path = join(root, `${rung}.mp4`);
  const parts = [`${rung}/init.mp4`, ...names].map((name) => files.get(name)?.content ?? Buffer.alloc(0));
  await writeFile(path, Buffer.concat(parts));
  return path;
}

/** Frame by frame. */
const counted = 'settb=1/25,setpts=N';

describe.skipIf(vmafFfmpeg === undefined)('steering by VMAF', () => {
  useVmafFfmpeg();

  it('meets 93 over the whole of every rung, by the samples of six seconds', async () => {
    const input = await film();
    const video = { speed: 'fastest', fps: 10 };
    const params = { preset: 'hls', ladder: ['360p', '240p'], quality: { vmaf: 93 }, clip: { end: 15 }, video };
    const stream = await makeStream(params, input);
    const facts = (rung: string) => stream.files.get(`${rung}/playlist.m3u8`)?.facts ?? {};
    for (const [rung, size] of [
      ['360p', '640:360'],
      ['240p', '426:240'],
    ] as const) {
      const told = facts(rung);
      expect(told).toMatchObject({ qualityMetric: 'vmaf', vmafModel: 'vmaf_v0.6.1', sampledSeconds: 6 });
      expect(told).toMatchObject({ ssim: expect.any(Number), psnr: expect.any(Number) });
      expect(Number(told.vmaf)).toBeGreaterThanOrEqual(92.5);
      const wanted = `[1:v]fps=10,trim=end=15,scale=${size}:flags=lanczos,${counted}[wanted]`;
      const real = measureVmaf([await wholeRung(stream, rung), input], `[0:v]${counted}[made];${wanted}`);
      expect(Math.abs(real - 93)).toBeLessThan(2.5);
    }
    // Enlarged to the 480 lines of the source neither is that good, and the small one is seen to be smaller.
    const [larger = 0, smaller = 0] = ['360p', '240p'].map((rung) => (facts(rung).onScreen as { vmaf: number }).vmaf);
    expect(larger).toBeLessThan(Number(facts('360p').vmaf));
    expect(smaller).toBeLessThan(larger - 6);
  });
});

it('names what cannot measure, before any work', async () => {
  const wrong = configureMeasuring('/bin/true');
  await expect(wrong).rejects.toThrow('FARM_WORKER_VMAF_FFMPEG: expected an ffmpeg that has the filter libvmaf');
  await expect(configureMeasuring('/nowhere/ffmpeg')).rejects.toThrow('got /nowhere/ffmpeg');
});
