import type { Pen, Rectangle } from '../../media/pdf/pen/pen.ts';
import { drawLine } from '../../media/pdf/text/draw-line.ts';
import { fitLine } from '../../media/pdf/text/fit-line.ts';
import type { TextTools } from '../../media/pdf/text/itemise.ts';
import type { ChartData } from './chart-data.ts';
import { type Axis, planAxis } from './plan-axis.ts';
import { smallStyle } from './small-style.ts';

/** The area between the axes, and how values and rows map to it. Points. */
export interface Frame extends Rectangle {
  readonly slot: number;
  /** From a value to its height on the page. */
  yOf(value: number): number;
}

const labelHeight = 16;

/** Grid lines with their numbers on the left, labels below; labels that would touch are left out evenly. */
export function drawFrame(pen: Pen, chart: ChartData, area: Rectangle, tools: TextTools): Frame {
  const axis = planAxis(chart.series.flatMap(({ values }) => values.filter((value) => value !== undefined)));
  const numbers = axis.ticks.map((tick) => fitLine(chart.write(tick), smallStyle, area.width / 3, tools));
  const gutter = Math.max(...numbers.map(({ width }) => width)) + 6;
  const frame = frameIn(
    axis,
    { ...area, x: area.x + gutter, width: area.width - gutter, height: area.height - labelHeight },
    chart,
  );
  for (const [index, tick] of axis.ticks.entries()) {
    const y = frame.yOf(tick);
    const number = numbers[index];
    pen.line(frame.x, y, frame.x + frame.width, y, tick === 0 ? '#59636e' : '#e1e4e8', tick === 0 ? 0.8 : 0.5);
    if (number !== undefined) drawLine(pen, number, frame.x - 6 - number.width, y + 3);
  }
  drawLabels(pen, chart.labels, frame, area.y + area.height - 5, tools);
  return frame;
}

function frameIn(axis: Axis, area: Rectangle, { labels }: ChartData): Frame {
  const top = area.y + 6;
  const height = area.height - 6;
  return {
    ...area,
    slot: area.width / Math.max(1, labels.length),
    yOf: (value) => top + height * (1 - (value - axis.min) / (axis.max - axis.min)),
  };
}

function drawLabels(pen: Pen, labels: readonly string[], frame: Frame, baseline: number, tools: TextTools): void {
  const widest = Math.max(0, ...labels.slice(0, 200).map((label) => fitLine(label, smallStyle, 90, tools).width));
  const every = Math.max(1, Math.ceil((Math.min(widest, 60) + 4) / frame.slot));
  for (let index = 0; index < labels.length; index += every) {
    const line = fitLine(labels[index] ?? '', smallStyle, frame.slot * every, tools);
    drawLine(pen, line, frame.x + frame.slot * (index + 0.5) - line.width / 2, baseline);
  }
}
