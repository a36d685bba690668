import { InputError } from '../../shared/errors.ts';
import { findInput } from '../media/find-input.ts';
import { isPdf, openPdf } from '../media/pdf/open-pdf.ts';
import { readPageList } from '../media/pdf/read-page-list.ts';
import { readSheets, type SheetSize } from '../media/pdf/read-sheets.ts';
import type { PageNumbers, StampInput, StampText } from './operation-params.ts';
import { preparePdfPicture, preparePicture } from './stamp-picture.ts';
import { openLetters } from './stamp-text.ts';
import { type EditTask, rewrite, type Work } from './work.ts';
import { type Drawable, type Stamp, writeStamps } from './write-stamps.ts';

const pointsPerMm = 72 / 25.4;
const defaultMarginMm = 10;
/** Noto Sans SemiBold: an average letter is a little over half as wide as its size. */
const letterWidth = 0.62;

interface Target {
  readonly page: number;
  readonly size: SheetSize;
}

export async function stampText(task: EditTask, work: Work, wish: StampText): Promise<Work> {
  const targets = await findTargets(task, work, wish.pages);
  const letters = await openLetters(wish.text);
  const prepare = memo((size: number) => letters({ text: wish.text, size, color: wish.color ?? '#808080' }));
  const longest = Math.max(1, ...wish.text.split('\n').map((line) => line.length));
  const stamps = await draw(targets, wish, 0.3, ({ size }) =>
    prepare(wish.size ?? Math.max(4, Math.round(size.width / 2 / (longest * letterWidth)))),
  );
  return lay(task, work, targets, await writeStamps(task, stamps), wish.under);
}

export async function stampInput(task: EditTask, work: Work, wish: StampInput): Promise<Work> {
  const input = findInput(task, wish.input);
  const targets = await findTargets(task, work, wish.pages);
  if (!(await isPdf(input.path))) {
    const prepare = memo((width: number) => preparePicture(task, input, width));
    return layDrawn(task, work, wish, targets, prepare);
  }
  const pdf = await openPdf(input, { ...task, password: task.params.password });
  const whole = [wish.position, wish.scale, wish.angle, wish.opacity].every((given) => given === undefined);
  if (whole) return lay(task, work, targets, pdf.path, wish.under, { from: '1', repeat: '1' });
  return layDrawn(
    task,
    work,
    wish,
    targets,
    memo((width: number) => preparePdfPicture(task, pdf, width)),
  );
}

/** `{pages}` is the last number that is written, so a cover without one is not counted. */
export async function numberPages(task: EditTask, work: Work, wish: PageNumbers): Promise<Work> {
  const targets = await findTargets(task, work, wish.pages);
  const start = wish.start ?? 1;
  const last = start + targets.length - 1;
  const letters = await openLetters(`${wish.format ?? ''}0123456789`);
  const placing = { margin: wish.margin, position: wish.position ?? 'bottom' } as const;
  const stamps = await draw(targets, placing, 1, (_target, index) => {
    const text = (wish.format ?? '{page}').replaceAll('{pages}', `${last}`).replaceAll('{page}', `${start + index}`);
    return letters({ text, size: wish.size ?? 10, color: wish.color ?? 'black' });
  });
  return lay(task, work, targets, await writeStamps(task, stamps));
}

async function layDrawn(
  task: EditTask,
  work: Work,
  wish: StampInput,
  targets: readonly Target[],
  prepare: (widthPt: number) => Promise<Drawable>,
): Promise<Work> {
  const stamps = await draw(targets, wish, 1, ({ size }) => prepare(Math.round(size.width * (wish.scale ?? 0.3))));
  return lay(task, work, targets, await writeStamps(task, stamps), wish.under);
}

type Placed = Partial<Pick<StampText, 'position' | 'margin' | 'opacity' | 'angle'>>;

async function draw(
  targets: readonly Target[],
  wish: Placed,
  opacity: number,
  prepare: (target: Target, index: number) => Promise<Drawable>,
): Promise<Stamp[]> {
  const stamps: Stamp[] = [];
  for (const [index, target] of targets.entries()) {
    stamps.push({
      page: target.size,
      drawable: await prepare(target, index),
      position: wish.position ?? 'center',
      margin: (wish.margin ?? defaultMarginMm) * pointsPerMm,
      angle: wish.angle ?? 0,
      opacity: wish.opacity ?? opacity,
    });
  }
  return stamps;
}

/** qpdf lays a page into the trim box, turned as the page is seen, so stamps are made for exactly that. */
async function findTargets(task: EditTask, work: Work, list: string | undefined): Promise<readonly Target[]> {
  const pages = [...new Set(readPageList(list ?? 'all', work))].sort((one, other) => one - other);
  const sheets = await readSheets({ ...work, first: pages[0] ?? 1, last: pages.at(-1) ?? 1, signal: task.signal });
  return pages.map((page) => {
    const size = sheets.get(page)?.trim;
    if (size === undefined || size.width < 1 || size.height < 1) {
      throw new InputError(`Page ${page} of “${work.name}” is damaged. Leave it out, or save the PDF again.`);
    }
    return { page, size };
  });
}

async function lay(
  task: EditTask,
  work: Work,
  targets: readonly Target[],
  stamps: string,
  under = false,
  from: Readonly<Record<string, string>> = {},
): Promise<Work> {
  if (targets.length === 0) return work;
  const layer = { file: stamps, ...from, to: targets.map(({ page }) => page).join(',') };
  return rewrite(task, work, under ? { underlay: layer } : { overlay: layer });
}

/** Pages of one size share one drawing, which a document holds once. */
function memo(prepare: (size: number) => Promise<Drawable>): (size: number) => Promise<Drawable> {
  const made = new Map<number, Promise<Drawable>>();
  return (size) => {
    const known = made.get(size) ?? prepare(size);
    made.set(size, known);
    return known;
  };
}
