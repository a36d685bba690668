import type { Pen } from '../page/pen.ts';
import { type ChartData, colourOf } from './chart-data.ts';
import type { Frame } from './draw-frame.ts';

/** More points than this stand too close for dots. */
const maxDots = 60;

export function drawLines(pen: Pen, { series }: ChartData, frame: Frame): void {
  for (const [at, { values }] of series.entries()) {
    const points = values.map((value, row) => ({ x: frame.x + frame.slot * (row + 0.5), y: frame.yOf(value) }));
    const path = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(2)} ${y.toFixed(2)}`).join(' ');
    if (points.length > 1) pen.path(path, { stroke: colourOf(at), thickness: 1.4 });
    if (points.length <= maxDots) for (const { x, y } of points) pen.path(circle(x, y, 2), { fill: colourOf(at) });
  }
}

const circle = (x: number, y: number, radius: number) =>
  `M${x - radius} ${y} A${radius} ${radius} 0 1 0 ${x + radius} ${y} A${radius} ${radius} 0 1 0 ${x - radius} ${y} Z`;
