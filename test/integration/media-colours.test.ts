/** Colours survive whatever is made of a video, whether or not it says how they are written. Needs ffmpeg; no server. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { probe, renderClip } from '../support/render-clip.ts';
import { runKind } from '../support/run-kind.ts';

const run = promisify(execFile);
type Rgb = readonly [number, number, number];
const red: Rgb = [255, 0, 0];
const green: Rgb = [32, 160, 64];
const hex = (colour: Rgb) => `0x${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
const lossless = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '0', '-pix_fmt', 'yuv420p'];

interface Source {
  readonly size: string;
  readonly matrix: 'bt601' | 'bt709';
  readonly told: boolean;
}
const sources: Readonly<Record<string, Source>> = {
  'HD that says BT.709': { size: '1280x720', matrix: 'bt709', told: true },
  'HD that says nothing': { size: '1280x720', matrix: 'bt709', told: false },
  'HD that says BT.601': { size: '1280x720', matrix: 'bt601', told: true },
  'SD that says nothing': { size: '640x360', matrix: 'bt601', told: false },
  'SD that says BT.709': { size: '640x360', matrix: 'bt709', told: true },
};

/** Of one colour, as whoever made it meant it. */
function flat(colour: Rgb, { size, matrix, told }: Source): Promise<string> {
  const tag = matrix === 'bt709' ? 'bt709' : 'smpte170m';
  const say = told ? `,setparams=colorspace=${tag}:color_primaries=${tag}:color_trc=${tag}` : '';
  const written = `scale=out_color_matrix=${matrix}:out_range=tv,format=yuv420p${say}`;
  const picture = ['-f', 'lavfi', '-i', `color=${hex(colour)}:s=${size}:r=10:d=2,format=rgb24`];
  return renderClip(`flat-${size}-${matrix}-${told}.mp4`, ...picture, '-vf', written, ...lossless);
}

/** What a player shows a quarter in from the left and the top: by what the file says, else by its size. */
async function shown(path: string, seek = '0'): Promise<Rgb> {
  const video = (await probe(path)).video;
  const said = String(video?.color_space ?? 'unknown');
  const large = (video?.height ?? 0) >= 720 || (video?.width ?? 0) >= 1280;
  const matrix = (said === 'unknown' ? large : said === 'bt709') ? 'bt709' : 'bt601';
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-ss', seek, '-i', path, '-frames:v', '1'],
      ...['-vf', `scale=in_color_matrix=${matrix},format=rgb24,crop=1:1:iw/4:ih/4`, '-f', 'rawvideo', '-'],
    ],
    { encoding: 'buffer' },
  );
  return [...stdout] as unknown as Rgb;
}

async function pixel(path: string): Promise<Rgb> {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = ((info.height >> 2) * info.width + (info.width >> 3)) * info.channels;
  return [...data.subarray(at, at + 3)] as unknown as Rgb;
}

/** Eight bits, halved chroma and lossy encoders; by the other matrix these colours are off by 18 and more. */
function expectColour(got: Rgb, wanted: Rgb): void {
  const far = Math.max(...wanted.map((value, index) => Math.abs(value - (got[index] ?? Number.NaN))));
  expect(far, `${got} for ${wanted}`).toBeLessThanOrEqual(8);
}

const pictures: readonly [kind: string, params: object][] = [
  ['poster', { format: 'jpeg', quality: 95 }],
  ['poster', { format: 'webp', quality: 95 }],
  ['poster', { format: 'png' }],
  ['sprite', {}],
  ['preview', { format: 'webp', quality: 95 }],
  ['preview', { format: 'gif' }],
];

describe.each(Object.entries(sources))('%s', (_, source) => {
  it.each([['red', red] as const, ['green', green] as const])('stays %s in everything', async (_name, colour) => {
    const path = await flat(colour, source);
    for (const [kind, params] of pictures)
      expectColour(await pixel((await runKind(kind, params, path)).output.path), colour);
    const small = { video: { height: 180, crf: 10 }, audio: false };
    expectColour(await shown((await runKind('transcode', small, path)).output.path), colour);
    expectColour(await shown((await runKind('preview', { format: 'mp4' }, path)).output.path), colour);
    const stream = { preset: 'hls', ladder: ['240p'], poster: true, sprite: true, split: 'never' };
    const { outputs } = await runKind('transcode', stream, path);
    const beside = outputs.filter(({ name }) => name.endsWith('.jpg'));
    expect(beside).toHaveLength(2);
    for (const { path: picture } of beside) expectColour(await pixel(picture), colour);
  });
});

it('what is joined keeps its colours beside others', async () => {
  const [hd, sd] = [sources['HD that says BT.709'], sources['SD that says nothing']];
  const joined = await runKind('concat', {}, await flat(red, hd as Source), await flat(green, sd as Source));
  expectColour(await shown(joined.output.path, '1'), red);
  expectColour(await shown(joined.output.path, '3'), green);
});

it('RGB stays what it is, however small', async () => {
  const picture = `color=${hex(red)}:s=320x240:r=10:d=1,format=gbrp`;
  const path = await renderClip('rgb.mkv', '-f', 'lavfi', '-i', picture, '-c:v', 'ffv1', '-pix_fmt', 'gbrp');
  expectColour(await shown((await runKind('transcode', { video: { crf: 10 } }, path)).output.path), red);
  expectColour(await pixel((await runKind('poster', { format: 'png' }, path)).output.path), red);
});

it.each(['HD that says BT.709', 'HD that says nothing', 'SD that says nothing'])(
  'a mark on %s has its own',
  async (name) => {
    const path = await flat([0, 0, 0], sources[name] as Source);
    const logo = join(path, '..', 'logo.png');
    await sharp({ create: { width: 64, height: 64, channels: 3, background: '#ff0000' } })
      .png()
      .toFile(logo);
    const mark = { path: logo, name: 'logo.png', mediaType: 'image/png' };
    const watermark = { position: 'center', size: 1, opacity: 1 };
    const { output } = await runKind('transcode', { watermark, video: { crf: 10 } }, path, mark);
    expectColour(await shown(output.path), red);
  },
);
