/** sprite, preview, waveform, loudness and concat, looked at in their results. Needs ffmpeg; no server. */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { concatParams } from '../../workers/concat/contract.ts';
import { process as concat } from '../../workers/concat/process.ts';
import type { Process } from '../../workers/kind.ts';
import { process as loudness } from '../../workers/loudness/process.ts';
import { previewParams } from '../../workers/preview/contract.ts';
import { process as preview } from '../../workers/preview/process.ts';
import { process as sprite } from '../../workers/sprite/process.ts';
import { process as waveform } from '../../workers/waveform/process.ts';
import { makeTask } from '../support/make-task.ts';
import { grayFrame, probe, quickVideo, renderClip, testSources } from '../support/render-clip.ts';

async function run<P>(process: Process<P>, params: P, ...paths: string[]) {
  const files = paths.map((path, index) => ({ path, name: `file-${index}.mp4` }));
  return process(await makeTask({ params, files, name: 'made' }));
}

/** Each second has its own grey: 0, 40, 80 … */
const steps = (seconds: number) => [
  '-f',
  'lavfi',
  '-i',
  `nullsrc=s=64x36:r=10:d=${seconds},geq=lum='16+40*floor(T)':cb=128:cr=128`,
];

describe('sprite', () => {
  it('shows in each cue the picture of its time', async () => {
    const input = await renderClip('in.mp4', ...steps(4), ...quickVideo);
    const [sheet, track] = await run(sprite, { every: 1, columns: 2 }, input);
    expect(await sharp(sheet?.path).metadata()).toMatchObject({ width: 128, height: 72 });
    const cues = [
      ...(await readFile(track?.path ?? '', 'utf8')).matchAll(/(\S+) --> (\S+)\nmade\.jpg#xywh=(\d+),(\d+),64,36/g),
    ];
    expect(cues.map(([, from]) => from)).toEqual(['00:00:00.000', '00:00:01.000', '00:00:02.000', '00:00:03.000']);
    expect(cues.at(-1)?.[2]).toBe('00:00:04.000');
    const greys = await Promise.all(
      cues.map(async ([, , , left, top]) => {
        const region = { left: Number(left) + 8, top: Number(top) + 8, width: 40, height: 20 };
        return (await sharp(await sharp(sheet?.path).extract(region).toBuffer()).stats()).channels[0]?.mean ?? 0;
      }),
    );
    greys.forEach((grey, second) => {
      expect(Math.abs(grey - 1.164 * 40 * second)).toBeLessThan(12);
    });
  });
});

describe('preview', () => {
  it.each([['webp'], ['gif'], ['mp4']] as const)('moves (%s)', async (format) => {
    const input = await renderClip('in.mp4', ...testSources(4, '320x180', 10), ...quickVideo);
    const [output] = await run(
      preview,
      previewParams.parse({ format, seconds: 1, snippets: 2, width: 80, fps: 5 }),
      input,
    );
    expect(output).toMatchObject({ name: `made.${format}`, facts: { width: 80, durationMs: 1000 } });
    const path = output?.path ?? '';
    const frames =
      format === 'mp4'
        ? Number((await probe(path)).video?.nb_read_packets)
        : (await sharp(path, { animated: true }).metadata()).pages;
    expect(frames).toBe(5);
  });

  it.each([['webp'], ['gif'], ['mp4']] as const)('shows the only picture there is (%s)', async (format) => {
    const input = await renderClip('in.mp4', ...steps(1), '-frames:v', '1', '-r', '25', ...quickVideo);
    const [output] = await run(preview, previewParams.parse({ format, width: 64 }), input);
    expect(output?.facts).toMatchObject({ width: 64, height: 36 });
    expect(await grayFrame(output?.path ?? '', 0, 4, 4)).toHaveLength(16);
  });

  it('falls back to the start where the video is shorter than the file', async () => {
    const short = await renderClip(
      'in.mkv',
      ...testSources(0.3, '160x90', 25),
      '-f',
      'lavfi',
      '-i',
      'sine=d=20',
      '-map',
      '0',
      '-map',
      '2',
      ...quickVideo,
    );
    const [output] = await run(preview, previewParams.parse({ seconds: 1, width: 80 }), short);
    expect((await sharp(output?.path, { animated: true }).metadata()).pages).toBeGreaterThanOrEqual(3);
  });

  it('makes a GIF from a clip', async () => {
    const input = await renderClip('in.mp4', ...steps(4), ...quickVideo);
    const [output] = await run(preview, previewParams.parse({ format: 'gif', start: 2, seconds: 1 }), input);
    const { channels } = await sharp(output?.path).stats();
    expect(Math.abs((channels[0]?.mean ?? 0) - 1.164 * 80)).toBeLessThan(15);
  });
});

describe('waveform', () => {
  const halves = "aevalsrc='if(lt(t,1),1,0.25)*sin(2*PI*440*t)':d=2:s=8000";

  it('has the extremes of each part', async () => {
    const input = await renderClip('in.wav', '-f', 'lavfi', '-i', halves);
    const [output] = await run(waveform, { points: 100 }, input);
    const shape = JSON.parse(await readFile(output?.path ?? '', 'utf8')) as {
      length: number;
      data: number[];
      samples_per_pixel: number;
    };
    expect(shape.length * 2).toBe(shape.data.length);
    expect(shape.length * shape.samples_per_pixel).toBeGreaterThanOrEqual(16_000);
    const greatest = shape.data.filter((_, index) => index % 2 === 1);
    expect(Math.min(...greatest.slice(5, shape.length / 2 - 5))).toBeGreaterThan(120);
    expect(Math.max(...greatest.slice(shape.length / 2 + 5))).toBeLessThan(36);
  });

  it('draws it as SVG and PNG, and a spectrogram', async () => {
    const input = await renderClip('in.wav', '-f', 'lavfi', '-i', halves);
    const [svg] = await run(waveform, { format: 'svg' as const, width: 300, height: 60 }, input);
    const drawn = await sharp(await readFile(svg?.path ?? ''))
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(drawn.info).toMatchObject({ width: 300, height: 60 });
    const opaque = (x: number, y: number) => drawn.data[(y * 300 + x) * 4 + 3];
    expect([opaque(75, 10), opaque(225, 10), opaque(225, 30)]).toEqual([255, 0, 255]);
    const [png] = await run(waveform, { format: 'png' as const, width: 300, height: 60 }, input);
    expect(await sharp(png?.path).metadata()).toMatchObject({ format: 'png', width: 300, height: 60 });
    expect(await sharp(png?.path).raw().toBuffer()).toEqual(drawn.data);
  });

  it.each([
    ['in one piece', 3, 'in.wav'],
    ['in many', 20, 'in.wav'],
    ['in many, of a file that does not say how long it is', 20, 'in.aac'],
  ])('draws a spectrogram %s', async (_how, seconds, name) => {
    const tones = `aevalsrc='0.5*sin(2*PI*if(lt(t,${seconds / 2}),1000,6000)*t)':d=${seconds}:s=16000`;
    const input = await renderClip(name, '-f', 'lavfi', '-i', tones);
    const [picture] = await run(waveform, { format: 'spectrogram' as const, width: 320, height: 100 }, input);
    const { data, info } = await sharp(picture?.path).greyscale().raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 320, height: 100 });
    const brightest = (x: number) => {
      const column = Array.from({ length: 100 }, (_, y) => data[(y * 320 + x) * info.channels] ?? 0);
      return column.indexOf(Math.max(...column));
    };
    // 8 kHz at the top, so 80 Hz a line.
    for (const x of [5, 60, 120, 154]) expect(Math.abs(brightest(x) - 87)).toBeLessThanOrEqual(2);
    for (const x of [166, 200, 260, 314]) expect(Math.abs(brightest(x) - 25)).toBeLessThanOrEqual(2);
  });

  it('says when there is no sound', async () => {
    const input = await renderClip('in.mp4', ...steps(1), ...quickVideo);
    await expect(run(waveform, {}, input)).rejects.toThrow('"file-0.mp4" has no sound');
  });
});

describe('loudness', () => {
  it('measures a tone as the standard says', async () => {
    // EBU Tech 3341 case 1: a stereo 1 kHz sine of -23 dBFS is -23 LUFS.
    const tone = "aevalsrc='0.0708*sin(2*PI*1000*t)|0.0708*sin(2*PI*1000*t)':d=5:s=48000";
    const [output] = await run(loudness, {}, await renderClip('in.wav', '-f', 'lavfi', '-i', tone));
    expect(output?.facts?.lufs).toBeCloseTo(-23, 0);
    expect(output?.facts?.truePeak).toBeCloseTo(-23, 0);
    const [silence] = await run(loudness, {}, await renderClip('in.wav', '-f', 'lavfi', '-i', 'anullsrc=d=1'));
    expect(silence?.facts?.lufs).toBeNull();
  });
});

describe('concat', () => {
  it('puts different videos one after the other without a slip', async () => {
    const first = await renderClip(
      'a.mp4',
      '-f',
      'lavfi',
      '-i',
      'color=white:s=160x90:r=10:d=1',
      '-f',
      'lavfi',
      '-i',
      'sine=d=1',
      ...quickVideo,
    );
    const upright = await renderClip(
      'b.webm',
      '-f',
      'lavfi',
      '-i',
      'color=black:s=90x160:r=25:d=1',
      '-c:v',
      'libvpx',
      '-b:v',
      '100k',
    );
    const sound = await renderClip('c.wav', '-f', 'lavfi', '-i', 'sine=d=1');
    const [output] = await run(
      concat,
      concatParams.parse({ speed: 'fastest', background: '#ffffff' }),
      first,
      upright,
      sound,
    );
    const seen = await probe(output?.path ?? '');
    expect(seen.seconds).toBeCloseTo(3, 1);
    expect(seen.video).toMatchObject({ width: 160, height: 90, avg_frame_rate: '10/1' });
    expect(Number(seen.video?.nb_read_packets)).toBe(30);
    const middle = async (at: number) => (await grayFrame(output?.path ?? '', at, 16, 9))[4 * 16 + 8];
    expect([await middle(0.5), await middle(1.5), await middle(2.5)].map((value) => (value ?? 0) > 128)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('joins what is shorter than a millisecond', async () => {
    const three = await renderClip('a.wav', '-f', 'lavfi', '-i', 'sine=d=1', '-af', 'atrim=end_sample=3');
    const second = await renderClip('b.wav', '-f', 'lavfi', '-i', 'sine=d=1');
    const [output] = await run(concat, concatParams.parse({ container: 'wav' }), three, second);
    expect((await probe(output?.path ?? '')).seconds).toBeCloseTo(1, 2);
  });

  it('joins sounds', async () => {
    const [a, b] = [
      await renderClip('a.wav', '-f', 'lavfi', '-i', 'sine=d=1'),
      await renderClip('b.mp3', '-f', 'lavfi', '-i', 'sine=d=1'),
    ];
    const [output] = await run(concat, concatParams.parse({ container: 'flac' }), a, b);
    expect((await probe(output?.path ?? '')).seconds).toBeCloseTo(2, 1);
  });
});
