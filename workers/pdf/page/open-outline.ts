import type PDFKit from 'pdfkit';
import type { Pen } from '../../media/pdf/pen/pen.ts';

/** pdfkit's entries, without the nesting of its type, which does not know its own options. */
interface Item {
  readonly children: readonly Item[];
  readonly outlineData: { Count?: number };
  addItem(title: string, place: { top: number; left: number; zoom: number }): Item;
}

export interface Outline extends Pick<Pen, 'outline'> {
  /** Says of each entry how many stand below it; nothing may be added after. */
  finish(): void;
}

/** The headings in the side bar of a reader: first levels are open, what is below the second is folded in. */
export function openOutline(document: PDFKit.PDFDocument): Outline {
  const root = document.outline as unknown as Item;
  const open = new Set<Item>([root]);
  const path: { readonly level: number; readonly item: Item }[] = [];

  /** ISO 32000-1, table 153: the entries that show when all above are open; negative when it is closed itself. */
  function count(item: Item): number {
    const below = item.children.reduce((sum, child) => sum + 1 + Math.max(0, count(child)), 0);
    const counted = open.has(item) ? below : -below;
    if (below > 0) item.outlineData.Count = counted;
    return counted;
  }

  return {
    outline(level, title, y) {
      while ((path.at(-1)?.level ?? 0) >= level) path.pop();
      // pdfkit counts `left` from the right edge.
      const item = (path.at(-1)?.item ?? root).addItem(title, { top: y, left: document.page.width, zoom: 0 });
      if (level < 2) open.add(item);
      path.push({ level, item });
    },
    finish: () => void count(root),
  };
}
