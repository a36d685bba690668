import type { PlacedRow } from '../page/paginate.ts';
import type { ContentsEntry } from './contents-entry.ts';

/** What the first pass found out; pages count from 1. */
export interface DocumentPlan {
  readonly pages: number;
  readonly contents: readonly ContentsEntry[];
  /** The last heading of level 1 or 2 at or before the end of a page; empty before the first. */
  sectionOn(page: number): string;
}

export function planDocument(pages: Iterable<readonly PlacedRow[]>, contents: readonly ContentsEntry[]): DocumentPlan {
  const pageOf = new Map<string, number>();
  const sections: string[] = [];
  let count = 0;
  for (const rows of pages) {
    count++;
    let section = sections.at(-1) ?? '';
    for (const { row } of rows) {
      if (row.heading === undefined) continue;
      pageOf.set(row.heading.anchor, count);
      if (row.heading.level <= 2) section = row.heading.title;
    }
    sections.push(section);
  }
  return {
    pages: count,
    contents: contents.map((entry) => ({ ...entry, page: pageOf.get(entry.anchor) })),
    sectionOn: (page) => sections[page - 1] ?? '',
  };
}
