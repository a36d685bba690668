import type { Pen, Rectangle } from '../../media/pdf/pen/pen.ts';
import { drawLine } from '../../media/pdf/text/draw-line.ts';
import { fitLine } from '../../media/pdf/text/fit-line.ts';
import type { TextTools } from '../../media/pdf/text/itemise.ts';
import { type ChartData, colourOf } from './chart-data.ts';
import { smallStyle } from './small-style.ts';

/** The first series as shares of a circle, clockwise from the top, with names, values and percentages beside it. */
export function drawPie(
  pen: Pen,
  { labels, series, write, writeShare }: ChartData,
  area: Rectangle,
  tools: TextTools,
): void {
  const values = (series[0]?.values ?? []).map((value) => value ?? 0);
  const total = values.reduce((sum, value) => sum + value, 0);
  const radius = Math.min(area.height, area.width / 2) / 2 - 4;
  const centre = { x: area.x + radius + 4, y: area.y + area.height / 2 };
  let turned = 0;
  for (const [index, value] of values.entries()) {
    const share = total === 0 ? 0 : value / total;
    if (share > 0)
      pen.path(slice(centre, radius, turned, share), { fill: colourOf(index), stroke: '#ffffff', thickness: 0.75 });
    turned += share;
  }
  const rows = values.map(
    (value, index) => `${labels[index] ?? ''}: ${write(value)} (${writeShare(total === 0 ? 0 : value / total)})`,
  );
  drawNames(pen, rows, { ...area, x: centre.x + radius + 24, width: area.width - 2 * radius - 32 }, tools);
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Turns as fractions of a circle. A whole circle is drawn as two halves: an arc cannot end where it begins. */
function slice({ x, y }: Point, radius: number, from: number, share: number): string {
  const at = (turn: number) => {
    const angle = 2 * Math.PI * turn - Math.PI / 2;
    return `${(x + radius * Math.cos(angle)).toFixed(3)} ${(y + radius * Math.sin(angle)).toFixed(3)}`;
  };
  if (share > 0.9999) return `M${at(0)} A${radius} ${radius} 0 1 1 ${at(0.5)} A${radius} ${radius} 0 1 1 ${at(0)} Z`;
  return `M${x} ${y} L${at(from)} A${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${at(from + share)} Z`;
}

function drawNames(pen: Pen, names: readonly string[], area: Rectangle, tools: TextTools): void {
  const step = Math.min(15, area.height / Math.max(1, names.length));
  let y = area.y + (area.height - step * names.length) / 2 + step * 0.75;
  for (const [index, name] of names.entries()) {
    pen.rectangle(area.x, y - 7, 8, 8, colourOf(index));
    drawLine(pen, fitLine(name, smallStyle, area.width - 12, tools), area.x + 12, y);
    y += step;
  }
}
