import type { Pen, Rectangle } from '../../media/pdf/pen/pen.ts';
import { drawLine } from '../../media/pdf/text/draw-line.ts';
import { fitLine } from '../../media/pdf/text/fit-line.ts';
import type { TextTools } from '../../media/pdf/text/itemise.ts';
import type { TextStyle } from '../../media/pdf/text/styled-text.ts';
import { type ChartData, colourOf } from './chart-data.ts';
import { drawBars } from './draw-bars.ts';
import { drawFrame } from './draw-frame.ts';
import { drawLines } from './draw-lines.ts';
import { drawPie } from './draw-pie.ts';
import { smallStyle } from './small-style.ts';

const titleStyle: TextStyle = { family: 'text', bold: true, italic: false, size: 11, colour: '#1f2328' };

const titleHeight = 20;
const legendHeight = 16;

/** Vectors and real text, so a chart is sharp at every size and can be searched. Points. */
export function drawChart(pen: Pen, chart: ChartData, area: Rectangle, tools: TextTools): void {
  const titled = chart.title === '' ? 0 : titleHeight;
  if (titled > 0) drawLine(pen, fitLine(chart.title, titleStyle, area.width, tools), area.x, area.y + 12);
  const inside = { ...area, y: area.y + titled, height: area.height - titled };
  if (chart.chart === 'pie') drawPie(pen, chart, inside, tools);
  else drawOnAxes(pen, chart, inside, tools);
}

function drawOnAxes(pen: Pen, chart: ChartData, area: Rectangle, tools: TextTools): void {
  const legend = chart.series.length > 1 ? legendHeight : 0;
  const frame = drawFrame(pen, chart, { ...area, height: area.height - legend }, tools);
  if (chart.chart === 'bar') drawBars(pen, chart, frame);
  else drawLines(pen, chart, frame);
  if (legend > 0) drawLegend(pen, chart, area.x, area.y + area.height - 4, area.width, tools);
}

function drawLegend(
  pen: Pen,
  { series }: ChartData,
  left: number,
  baseline: number,
  width: number,
  tools: TextTools,
): void {
  let x = left;
  for (const [index, { name }] of series.entries()) {
    const line = fitLine(name, smallStyle, width / series.length - 20, tools);
    pen.rectangle(x, baseline - 7, 8, 8, colourOf(index));
    drawLine(pen, line, x + 12, baseline);
    x += line.width + 26;
  }
}
