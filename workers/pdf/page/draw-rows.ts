import type { Pen } from '../../media/pdf/pen/pen.ts';
import type { PlacedRow } from './paginate.ts';
import type { Backdrop } from './row.ts';

/** Draws one page: first what lies behind, each backdrop in one stretch over its neighbouring rows, then the rows. */
export async function drawRows(pen: Pen, rows: readonly PlacedRow[]): Promise<void> {
  const behind = stretches(rows);
  if (behind.length > 0) {
    await pen.tagged(undefined, () => {
      for (const { backdrop, top, bottom } of behind) backdrop.paint(pen, top, bottom - top);
    });
  }
  for (const { row, top } of rows) {
    if (row.tag === 'cells') await row.draw(pen, top);
    else await pen.tagged(row.tag, () => row.draw(pen, top));
  }
}

interface Stretch {
  readonly backdrop: Backdrop;
  readonly top: number;
  bottom: number;
}

function stretches(rows: readonly PlacedRow[]): Stretch[] {
  const done: Stretch[] = [];
  let open = new Map<Backdrop, Stretch>();
  for (const { row, top } of rows) {
    const next = new Map<Backdrop, Stretch>();
    for (const backdrop of row.backdrops ?? []) {
      const stretch = open.get(backdrop) ?? { backdrop, top, bottom: top };
      if (!open.has(backdrop)) done.push(stretch);
      stretch.bottom = top + row.height;
      next.set(backdrop, stretch);
    }
    open = next;
  }
  return done;
}
