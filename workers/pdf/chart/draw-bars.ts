import type { Pen } from '../../media/pdf/pen/pen.ts';
import { type ChartData, colourOf } from './chart-data.ts';
import type { Frame } from './draw-frame.ts';

/** Bars of one row stand side by side; negative ones hang below zero. */
export function drawBars(pen: Pen, { series }: ChartData, frame: Frame): void {
  const width = (frame.slot * 0.72) / series.length;
  for (const [at, { values }] of series.entries()) {
    for (const [row, value = 0] of values.entries()) {
      const x = frame.x + frame.slot * (row + 0.14) + width * at;
      const top = Math.min(frame.yOf(0), frame.yOf(value));
      const height = Math.abs(frame.yOf(0) - frame.yOf(value));
      if (height > 0) pen.rectangle(x, top, Math.max(0.3, width * 0.94), height, colourOf(at));
    }
  }
}
