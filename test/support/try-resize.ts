/** For the tests of the picture kinds: run `resize` on bytes, make pictures with known colours, look at pixels. */
import sharp, { type Sharp } from 'sharp';
import type { Output, Task } from '../../workers/kind.ts';
import { type ResizeParams, resizeParams } from '../../workers/resize/contract.ts';
import { process } from '../../workers/resize/process.ts';
import { makeTask } from './make-task.ts';

export interface Tried {
  readonly task: Task<ResizeParams> & { readonly fractions: readonly number[] };
  readonly outputs: readonly Output[];
  /** Path of the first output. */
  readonly first: string;
}

/** Runs the kind as the api would accept the params; further inputs are watermarks. */
export async function resize(
  bytes: Buffer,
  params: ResizeParams,
  further: Readonly<Record<string, Buffer>> = {},
): Promise<Tried> {
  const others = Object.entries(further).map(([reference, other]) => ({ bytes: other, name: reference, reference }));
  const files = [{ bytes, name: 'photo.jpg' }, ...others];
  const task = await makeTask({ params: resizeParams.parse(params), files, name: 'thumb' });
  const outputs = await process(task);
  return { task, outputs, first: outputs[0]?.path ?? '' };
}

export const solid = (width: number, height: number, background: string): Sharp =>
  sharp({ create: { width, height, channels: 4, background } });

/** Red top left, lime top right, blue bottom left, white bottom right. */
export async function quarters(width: number, height: number): Promise<Buffer> {
  const quarter = (background: string) => ({
    create: { width: width / 2, height: height / 2, channels: 3 as const, background },
  });
  return solid(width, height, 'white')
    .composite([
      { input: quarter('red'), left: 0, top: 0 },
      { input: quarter('lime'), left: width / 2, top: 0 },
      { input: quarter('blue'), left: 0, top: height / 2 },
    ])
    .removeAlpha()
    .png()
    .toBuffer();
}

/** A made photograph: smooth light, grain, and edges, the same at every run. */
export async function photograph(width: number, height: number): Promise<Sharp> {
  const data = Buffer.alloc(width * height * 3);
  let seed = 1;
  for (let at = 0; at < data.length; at += 3) {
    const x = (at / 3) % width;
    const y = Math.floor(at / 3 / width);
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    const grain = (seed >> 16) % 4;
    const wave = Math.sin(x / 17) * Math.cos(y / 23) * 60 + (((x >> 6) + (y >> 6)) % 2) * 30;
    data[at] = Math.max(0, Math.min(255, 120 + wave + grain));
    data[at + 1] = Math.max(0, Math.min(255, 90 + wave / 2 + (y / height) * 80 + grain));
    data[at + 2] = Math.max(0, Math.min(255, 60 + (x / width) * 120 + grain));
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

export async function pixel(path: string, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}

/** Within what JPEG may change; an expectation of three channels does not look at the fourth. */
export const near = (actual: readonly number[], expected: readonly number[]): boolean =>
  expected.every((value, index) => Math.abs(value - (actual[index] ?? 0)) <= 12);

/** Mean absolute difference per sample, 0–255; 255 when the sizes differ. */
export async function difference(a: string | Buffer, b: string | Buffer): Promise<number> {
  const [one, other] = await Promise.all(
    [a, b].map((picture) => sharp(picture).removeAlpha().toColourspace('srgb').raw().toBuffer()),
  );
  if (one === undefined || other === undefined || one.length !== other.length) return 255;
  return one.reduce((sum, value, index) => sum + Math.abs(value - (other[index] ?? 0)), 0) / one.length;
}
