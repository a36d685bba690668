import type { Pen } from '../../media/pdf/pen/pen.ts';
import { type ChartData, colourOf } from './chart-data.ts';
import type { Frame } from './draw-frame.ts';

/** More points than this stand too close for dots. */
const maxDots = 60;

/** A line is broken where the data has no value; a value alone between two such places still has its dot. */
export function drawLines(pen: Pen, { series }: ChartData, frame: Frame): void {
  for (const [at, { values }] of series.entries()) {
    const points = values.flatMap((value, row) =>
      value === undefined ? [] : { row, x: frame.x + frame.slot * (row + 0.5), y: frame.yOf(value) },
    );
    const path = points.map(({ row, x, y }, index) => {
      const goesOn = points[index - 1]?.row === row - 1;
      return `${goesOn ? 'L' : 'M'}${x.toFixed(2)} ${y.toFixed(2)}`;
    });
    if (points.length > 1) pen.path(path.join(' '), { stroke: colourOf(at), thickness: 1.4 });
    if (values.length <= maxDots || points.length < values.length)
      for (const { x, y } of points) pen.path(circle(x, y, 2), { fill: colourOf(at) });
  }
}

const circle = (x: number, y: number, radius: number) =>
  `M${x - radius} ${y} A${radius} ${radius} 0 1 0 ${x + radius} ${y} A${radius} ${radius} 0 1 0 ${x - radius} ${y} Z`;
