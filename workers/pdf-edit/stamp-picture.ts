import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { InputError } from '../../shared/errors.ts';
import type { InputFile } from '../kind.ts';
import { openImage } from '../media/open-image.ts';
import type { OpenedPdf } from '../media/pdf/open-pdf.ts';
import { runPdfTool } from '../media/pdf/run-pdf-tool.ts';
import type { EditTask } from './work.ts';
import type { Drawable } from './write-stamps.ts';

/** Sharp on A4 when a stamp fills half of it; a larger one is reduced so that a phone photo does not swell the document. */
const longestSidePx = 1500;

/** A picture that is drawn at a fraction of a page's width. */
export async function preparePicture(task: EditTask, input: InputFile, widthPt: number): Promise<Drawable> {
  const image = await openImage(input, { vectorSidePx: longestSidePx, signal: task.signal });
  return asDrawable(image.decode().autoOrient(), image.hasAlpha, widthPt);
}

/** The first page of a PDF as a picture with a clear ground: for what is laid small, turned or half transparent. */
export async function preparePdfPicture(task: EditTask, pdf: OpenedPdf, widthPt: number): Promise<Drawable> {
  const prefix = join(task.scratch, `stamp-${randomUUID()}`);
  const size = ['-scale-to', `${longestSidePx}`];
  const args = ['-f', '1', '-l', '1', '-singlefile', '-png', '-transp', '-cropbox', ...size, pdf.path, prefix];
  const subject = `the stamp “${pdf.name}”`;
  const { code, stderr } = await runPdfTool({ command: 'pdftocairo', args, signal: task.signal, subject });
  const drawn = await readFile(`${prefix}.png`).catch(() => undefined);
  if (code !== 0 || drawn === undefined) {
    throw new InputError(`The stamp “${pdf.name}” is damaged and cannot be drawn.`, new Error(stderr));
  }
  return asDrawable(sharp(drawn), true, widthPt);
}

async function asDrawable(picture: Sharp, hasAlpha: boolean, widthPt: number): Promise<Drawable> {
  const fitted = picture
    .resize({ width: longestSidePx, height: longestSidePx, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb');
  const encoded = hasAlpha ? fitted.png() : fitted.jpeg({ quality: 90 });
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
  const size = { width: widthPt, height: (widthPt * info.height) / info.width };
  return {
    measure: () => size,
    draw: (document) => document.image(data, -size.width / 2, -size.height / 2, size),
  };
}
