import type { Pen } from '../../media/pdf/pen/pen.ts';
import { drawLine } from '../../media/pdf/text/draw-line.ts';
import { fitLine } from '../../media/pdf/text/fit-line.ts';
import type { TextTools } from '../../media/pdf/text/itemise.ts';
import type { TextStyle } from '../../media/pdf/text/styled-text.ts';
import type { PageBox } from './page-box.ts';

const style: TextStyle = { family: 'text', bold: false, italic: false, size: 9, colour: '#59636e' };

/** A running head or foot; a lone text is centred. */
export type Running =
  | string
  | { readonly left?: string | undefined; readonly center?: string | undefined; readonly right?: string | undefined };

/** `{page}`, `{pages}`, `{title}`, `{author}`, `{section}`. */
export type RunningValues = Readonly<Record<'page' | 'pages' | 'title' | 'author' | 'section', string>>;

/** Draws in the middle of the top or bottom margin, never off the paper. */
export async function drawRunning(
  pen: Pen,
  box: PageBox,
  {
    where,
    text,
    values,
  }: { readonly where: 'header' | 'footer'; readonly text: Running; readonly values: RunningValues },
  tools: TextTools,
): Promise<void> {
  const below = box.top + box.innerHeight;
  const middle = where === 'header' ? box.top / 2 : below + (box.height - below) / 2;
  const baseline = Math.min(Math.max(middle + style.size * 0.35, style.size + 2), box.height - 4);
  const parts = typeof text === 'string' ? { center: text } : text;
  const filled = (['left', 'center', 'right'] as const).map((place) => fill(parts[place] ?? '', values));
  if (filled.every((part) => part === '')) return;
  const width = Object.keys(parts).length > 1 ? box.innerWidth / 2 : box.innerWidth;
  await pen.tagged(undefined, () => {
    for (const [index, part] of filled.entries()) {
      const line = fitLine(part, style, width, tools);
      if (part !== '') drawLine(pen, line, box.left + ((box.innerWidth - line.width) * index) / 2, baseline);
    }
  });
}

const fill = (text: string, values: RunningValues) =>
  text.replace(/\{(page|pages|title|author|section)\}/g, (_, name: keyof RunningValues) => values[name]);
