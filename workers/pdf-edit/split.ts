import { rm } from 'node:fs/promises';
import { InputError } from '../../shared/errors.ts';
import { readPageList } from '../media/pdf/read-page-list.ts';
import type { Split } from './operation-params.ts';
import { type EditTask, takePages, type Work } from './work.ts';

/** As many results as one step may well have. */
const maxParts = 500;

/** A document for each range, or for every so many pages; the names of their outputs end in -1, -2 … */
export async function split(task: EditTask, work: Work, wish: Split): Promise<readonly Work[]> {
  const ranges = wish.ranges?.map((list) => readPageList(list, work)) ?? cut(work.pages, wish.every ?? 1);
  if (ranges.length > maxParts) {
    throw new InputError(
      `“${work.name}” would become ${ranges.length} files, and one step makes at most ${maxParts}. Take more pages for each.`,
    );
  }
  const parts: Work[] = [];
  for (const [index, pages] of ranges.entries()) {
    if (pages.length === 0) continue;
    const path = await takePages(task, work, pages);
    parts.push({ path, pages: pages.length, name: work.name, suffix: `${work.suffix}-${index + 1}` });
  }
  await rm(work.path, { force: true });
  return parts;
}

function cut(pages: number, every: number): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(pages / every) }, (_, part) =>
    Array.from({ length: Math.min(every, pages - part * every) }, (_unused, index) => part * every + index + 1),
  );
}
