import type { PageBox } from './page-box.ts';
import type { Row } from './row.ts';

export interface PlacedRow {
  readonly row: Row;
  /** Points from the top of the page. */
  readonly top: number;
  /** Space left free above it. */
  readonly gap: number;
}

/** A very long chain of rows that want to stay together is let go at this length. */
const maxChain = 40;

/** Puts rows on pages, one page at a time, so a book never stands in memory as a whole. At least one page. */
export function* paginate(rows: Iterable<Row>, box: PageBox): Generator<readonly PlacedRow[]> {
  const bottom = box.top + box.innerHeight;
  let page: PlacedRow[] = [];
  let y = box.top;
  const put = (row: Row) => {
    const gap = page.length === 0 ? 0 : row.gap;
    page.push({ row, top: y + gap, gap });
    y += gap + row.height;
  };
  for (const chain of chains(rows)) {
    const wanted = chain.reduce((sum, row, index) => sum + row.height + (page.length + index === 0 ? 0 : row.gap), 0);
    const fits = y + wanted <= bottom + 0.01;
    const breaks = page.length > 0 && (chain[0]?.startsPage === true || (!fits && wanted <= box.innerHeight));
    for (const [index, row] of chain.entries()) {
      const full = y + row.gap + row.height > bottom + 0.01;
      if (page.length > 0 && ((index === 0 && breaks) || full)) {
        yield page;
        page = [];
        y = box.top;
        for (const head of row.head ?? []) put(head);
      }
      put(row);
    }
  }
  if (page.length > 0) yield page;
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
