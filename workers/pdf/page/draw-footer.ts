import { drawLine } from '../text/draw-line.ts';
import { fitLine } from '../text/fit-line.ts';
import type { TextTools } from '../text/itemise.ts';
import type { TextStyle } from '../text/styled-text.ts';
import type { Pen } from './open-pen.ts';
import type { PageBox } from './page-box.ts';

const style: TextStyle = { family: 'text', bold: false, italic: false, size: 9, colour: '#666666' };

/** Centred in the middle of the bottom margin, never below the paper. */
export function drawFooter(pen: Pen, box: PageBox, text: string, tools: TextTools): void {
  const line = fitLine(text, style, box.innerWidth, tools);
  const below = box.top + box.innerHeight;
  const baseline = Math.min(below + (box.height - below) / 2 + style.size * 0.35, box.height - 4);
  drawLine(pen, line, box.left + (box.innerWidth - line.width) / 2, baseline);
}
