import type { PageBox } from './page-box.ts';
import { type Row, spacer } from './row.ts';

export interface PlacedRow {
  readonly row: Row;
  /** Points from the top of the page. */
  readonly top: number;
}

/** A very long chain of rows that want to stay together is let go at this length. */
const maxChain = 40;
/** Points lost to rounding are not worth a page. */
const slack = 0.01;

/** Puts rows on pages, one page at a time, so a book never stands in memory as a whole. At least one page. */
export function* paginate(rows: Iterable<Row>, box: PageBox): Generator<readonly PlacedRow[]> {
  let page = openPage(box, []);
  let pages = 0;
  for (const chain of chains(rows)) {
    const breaks = chain[0]?.startsPage === true || (!page.takes(chain) && openPage(box, []).takes(chain));
    for (const [index, row] of chain.entries()) {
      if (!page.isEmpty() && ((index === 0 && breaks) || !page.takes([row]))) {
        const { rows: done, left } = page.close();
        yield done;
        pages++;
        page = openPage(box, left);
        for (const head of row.head ?? []) page.put(head);
      }
      page.put(row);
    }
  }
  while (!page.isEmpty() || page.hasNotes() || pages === 0) {
    const { rows: done, left } = page.close();
    yield done;
    pages++;
    page = openPage(box, left);
  }
}

/** Between the text and its footnotes. */
const noteGap = 12;
const separator = ({ left, innerWidth }: PageBox): Row =>
  spacer(noteGap, {
    draw: (pen, top) => pen.line(left, top + noteGap / 2, left + innerWidth / 4, top + noteGap / 2, '#8b949e', 0.5),
  });

/** One page being filled from the top with rows and from the foot with their notes. `carried`: notes the page before had no room for. */
function openPage(box: PageBox, carried: readonly Row[]) {
  const bottom = box.top + box.innerHeight;
  const placed: PlacedRow[] = [];
  let notes = [...carried];
  let y = box.top;
  // Two lines may refer to one note.
  const fresh = (row: Row) => (row.notes ?? []).filter((note) => !notes.includes(note));
  const foot = (more: readonly Row[] = []) => {
    const all = [...notes, ...more];
    // Notes never take more than half of the page: the rest of them goes to the next.
    return all.length === 0 ? 0 : Math.min(noteGap + heightOf(all), box.innerHeight / 2);
  };
  return {
    isEmpty: () => placed.length === 0,
    hasNotes: () => notes.length > 0,
    takes(rows: readonly Row[]): boolean {
      const gap = placed.length === 0 ? (rows[0]?.gap ?? 0) : 0;
      const more = rows.flatMap(fresh);
      return y + heightOf(rows) - gap <= bottom - foot(more) + slack;
    },
    put(row: Row): void {
      const gap = placed.length === 0 ? 0 : row.gap;
      placed.push({ row, top: y + gap });
      y += gap + row.height;
      notes.push(...fresh(row));
    },
    close(): { rows: readonly PlacedRow[]; left: readonly Row[] } {
      const room = placed.length === 0 ? box.innerHeight : Math.max(bottom - y, foot());
      const fitting = takeFitting(notes, room - noteGap);
      const left = notes.slice(fitting.length);
      notes = [];
      return { rows: [...placed, ...placeNotes(fitting, box)], left };
    },
  };
}

const heightOf = (rows: readonly Row[]) => rows.reduce((sum, row) => sum + row.gap + row.height, 0);

/** At least one, so that every page gets on. */
function takeFitting(notes: readonly Row[], room: number): readonly Row[] {
  const over = notes.findIndex((_, index) => heightOf(notes.slice(0, index + 1)) > room + slack);
  return over === -1 ? notes : notes.slice(0, Math.max(1, over));
}

function placeNotes(notes: readonly Row[], box: PageBox): PlacedRow[] {
  if (notes.length === 0) return [];
  let y = box.top + box.innerHeight - heightOf(notes);
  const placed: PlacedRow[] = [{ row: separator(box), top: y - noteGap }];
  for (const row of notes) {
    placed.push({ row, top: y + row.gap });
    y += row.gap + row.height;
  }
  return placed;
}

function* chains(rows: Iterable<Row>): Generator<readonly Row[]> {
  let chain: Row[] = [];
  for (const row of rows) {
    chain.push(row);
    if (row.keep && chain.length < maxChain) continue;
    yield chain;
    chain = [];
  }
  if (chain.length > 0) yield chain;
}
