import type { ChartData } from '../chart/chart-data.ts';
import { drawChart } from '../chart/draw-chart.ts';
import { pointsPerMm } from '../page/page-sizes.ts';
import type { Row } from '../page/row.ts';
import type { Column, LayingTools } from './column.ts';
import { paragraphGap } from './document-style.ts';

/** A chart stands whole on one page. */
export function layChart(chart: ChartData, column: Column, tools: LayingTools): Row {
  const height = Math.min(chart.height * pointsPerMm, column.pageHeight * 0.9);
  return {
    height,
    gap: paragraphGap * 1.5,
    backdrops: column.backdrops,
    draw: (pen, top) => drawChart(pen, chart, { x: column.left, y: top, width: column.width, height }, tools),
  };
}
