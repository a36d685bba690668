import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { InputError } from '../../shared/errors.ts';
import type { Output, Task } from '../kind.ts';
import { writable } from '../media/image-formats.ts';
import type { OpenedPdf } from '../media/pdf/open-pdf.ts';
import type { SheetSize } from '../media/pdf/read-sheets.ts';
import { runPdfTool } from '../media/pdf/run-pdf-tool.ts';
import type { PdfPagesParams } from './contract.ts';
import { type PageSize, planSize } from './plan-size.ts';

type PageTask = Pick<Task<PdfPagesParams>, 'params' | 'scratch' | 'signal' | 'name'>;

interface PageSheet extends SheetSize {
  /** Turned by a quarter. */
  readonly lies: boolean;
}

/** Poppler draws a PNG; other formats and papers are made from it. */
export async function drawPage(task: PageTask, pdf: OpenedPdf, page: number, sheet: PageSheet): Promise<Output> {
  const format = task.params.format ?? 'png';
  const { extension, mediaType } = writable[format];
  const size = planSize(sheet, task.params);
  const drawn = await rasterise(task, pdf, page, { ...size, lies: sheet.lies });
  const path = await encode(drawn, join(task.scratch, `page-${page}.${extension}`), size, task.params);
  const dpi = Math.round((size.width / Math.max(sheet.width, 0.01)) * 72);
  const facts = { ...size, page, pages: pdf.pages, dpi };
  return { name: `${task.name}-${page}.${extension}`, path, mediaType, facts };
}

/** pdftoppm is quicker and draws better, but its paper is always white; pdftocairo can leave it clear. */
async function rasterise(task: PageTask, pdf: OpenedPdf, page: number, size: PageSize & PageSheet): Promise<string> {
  const { params, scratch, signal } = task;
  const command = params.background === undefined ? 'pdftoppm' : 'pdftocairo';
  // pdftoppm turns the page after it has scaled it, pdftocairo before.
  const [x, y] = size.lies && command === 'pdftoppm' ? [size.height, size.width] : [size.width, size.height];
  const prefix = join(scratch, `drawn-${page}`);
  const subject = `page ${page} of “${pdf.name}”`;
  const { code, stderr } = await runPdfTool({
    command,
    args: [
      ...['-f', `${page}`, '-l', `${page}`, '-singlefile', '-png'],
      ...['-scale-to-x', `${x}`, '-scale-to-y', `${y}`],
      ...(params.background === undefined ? [] : ['-transp']),
      ...(params.box === 'media' ? [] : ['-cropbox']),
      ...[pdf.path, prefix],
    ],
    signal,
    subject,
  });
  const path = `${prefix}.png`;
  if (code === 0 && (await stat(path).catch(() => ({ size: 0 }))).size > 0) return path;
  throw new InputError(
    `Page ${page} of “${pdf.name}” is damaged and cannot be drawn. Leave it out with \`pages\`, or save the PDF again.`,
    new Error(stderr),
  );
}

async function encode(drawn: string, path: string, size: PageSize, params: PdfPagesParams): Promise<string> {
  const { quality, background, format = 'png' } = params;
  const clear = background === undefined || isClear(background);
  const exact = await isOf(size, drawn);
  if (format === 'png' && clear && exact) return drawn;
  const sized = exact ? sharp(drawn) : sharp(drawn).resize({ ...size, fit: 'fill' });
  const source = clear ? sized : sized.flatten({ background });
  const encoded = {
    png: () => source.png(),
    // Letters have thin coloured edges: halved colour resolution smears them.
    jpeg: () => source.jpeg({ quality: quality ?? 85, chromaSubsampling: '4:4:4' }),
    webp: () => source.webp({ quality: quality ?? 85, smartSubsample: true }),
    avif: () => source.avif({ quality: quality ?? 60 }),
  }[format]();
  await encoded.toFile(path);
  await rm(drawn);
  return path;
}

/** Poppler rounds up where we round: a pixel more now and then. */
async function isOf({ width, height }: PageSize, drawn: string): Promise<boolean> {
  const made = await sharp(drawn).metadata();
  return made.width === width && made.height === height;
}

const isClear = (colour: string) => colour.toLowerCase() === 'transparent';
