import type { Pen } from '../../media/pdf/pen/pen.ts';
import { tagOf } from '../../media/pdf/pen/tag.ts';
import { drawLine } from '../../media/pdf/text/draw-line.ts';
import { fitLine } from '../../media/pdf/text/fit-line.ts';
import type { TextTools } from '../../media/pdf/text/itemise.ts';
import type { TextStyle } from '../../media/pdf/text/styled-text.ts';

const style: TextStyle = { family: 'text', bold: false, italic: false, size: 7.5, colour: '#444444' };

/** A file's name in one line, centred; points. */
export async function drawCaption(
  pen: Pen,
  text: string,
  left: number,
  baseline: number,
  width: number,
  tools: TextTools,
): Promise<void> {
  const line = fitLine(text, style, width, tools);
  await pen.tagged(tagOf('P'), () => drawLine(pen, line, left + (width - line.width) / 2, baseline));
}
