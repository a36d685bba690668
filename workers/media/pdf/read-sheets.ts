import { InputError } from '../../../shared/errors.ts';
import { runPdfTool } from './run-pdf-tool.ts';

export const boxNames = ['media', 'crop', 'trim'] as const;
export type BoxName = (typeof boxNames)[number];

export interface SheetSize {
  /** Points, as the page is seen: turned by its own rotation. */
  readonly width: number;
  readonly height: number;
}

export interface Sheet extends Readonly<Record<BoxName, SheetSize>> {
  /** Turned by a quarter: some programs measure it as it lay before. */
  readonly lies: boolean;
}

interface Range {
  readonly path: string;
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly signal: AbortSignal;
}

/** The boxes of each page of a range, by page number. A page may not be in it when its object is broken. */
export async function readSheets({ path, name, first, last, signal }: Range): Promise<ReadonlyMap<number, Sheet>> {
  const { code, stdout } = await runPdfTool({
    ...{ command: 'pdfinfo', args: ['-box', '-f', `${first}`, '-l', `${last}`, path], signal, subject: `“${name}”` },
    maxStdoutBytes: 64 * 1024 ** 2,
  });
  if (code !== 0) throw new InputError(`“${name}” is damaged: its pages cannot be measured. Save it again.`);
  return parseSheets(stdout.toString('utf8'));
}

/** pdfinfo says `Page    1 rot:   90` and `Page    1 CropBox:  0.00 0.00 595.28 841.89` for each page. */
export function parseSheets(text: string): ReadonlyMap<number, Sheet> {
  const turned = new Map([...text.matchAll(/^Page +(\d+) rot: +(\d+)/gm)].map(([, page, by]) => [page, Number(by)]));
  const lies = (page: string) => (turned.get(page) ?? 0) % 180 !== 0;
  const boxes = new Map<string, SheetSize>();
  for (const [, page = '', box = '', ...corners] of text.matchAll(boxLine)) {
    const [left = 0, bottom = 0, right = 0, top = 0] = corners.map(Number);
    const [across, up] = [Math.abs(right - left), Math.abs(top - bottom)];
    const seen = lies(page) ? { width: up, height: across } : { width: across, height: up };
    boxes.set(`${page} ${box.toLowerCase()}`, seen);
  }
  return new Map(
    [...turned.keys()].flatMap((page) => {
      const [media, crop, trim] = boxNames.map((box) => boxes.get(`${page} ${box}`));
      if (page === undefined || !media || !crop || !trim) return [];
      return [[Number(page), { media, crop, trim, lies: lies(page) }] as const];
    }),
  );
}

const boxLine = /^Page +(\d+) (Media|Crop|Trim)Box: +(-?[\d.]+) +(-?[\d.]+) +(-?[\d.]+) +(-?[\d.]+)/gm;
