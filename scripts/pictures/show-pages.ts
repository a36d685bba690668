import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

export interface PagesView {
  /** From 1; the first when nothing is said. */
  readonly pages?: readonly number[];
  /** Of each page, in pixels. */
  readonly width?: number;
  /** Only the upper part of a page, as a share of its height. */
  readonly upper?: number;
}

const gap = 10;
const desk = '#dfe3e8';

/** Pages of a PDF side by side, as on a desk. Needs pdftoppm (poppler-utils). */
export async function showPages(path: string, { pages = [1], width = 260, upper = 1 }: PagesView): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'mediafarm-pages-'));
  try {
    await promisify(execFile)('pdftoppm', ['-r', '150', '-cropbox', '-png', path, join(folder, 'page')]);
    const drawn = (await readdir(folder)).sort();
    const shown = await Promise.all(pages.map((page) => shrink(join(folder, drawn[page - 1] ?? ''), width, upper)));
    return await layOut(shown);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function shrink(path: string, width: number, upper: number) {
  const whole = await sharp(path).resize({ width }).png().toBuffer({ resolveWithObject: true });
  const height = Math.round(whole.info.height * upper);
  const data = await sharp(whole.data).extract({ left: 0, top: 0, width, height }).png().toBuffer();
  return { data, width, height };
}

async function layOut(shown: readonly { data: Buffer; width: number; height: number }[]): Promise<Buffer> {
  const width = shown.reduce((sum, page) => sum + page.width + gap, gap);
  const height = Math.max(...shown.map((page) => page.height)) + 2 * gap;
  const layers = shown.map(({ data }, index) => ({
    input: data,
    top: gap,
    left: shown.slice(0, index).reduce((sum, page) => sum + page.width + gap, gap),
  }));
  const ground = sharp({ create: { width, height, channels: 3, background: desk } });
  return await ground.composite(layers).webp({ quality: 82, smartSubsample: true }).toBuffer();
}
