import { tagOf } from '../../media/pdf/pen/tag.ts';
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
    tag: tagOf('Figure', column.tag, { alt: describe(chart) }),
    draw: (pen, top) => drawChart(pen, chart, { x: column.left, y: top, width: column.width, height }, tools),
  };
}

/** What the chart says, for those who cannot see it; long ones in short. */
function describe({ chart, title, labels, series, write }: ChartData): string {
  const says = (value: number | undefined) => (value === undefined ? '–' : write(value));
  const values = series.map(
    ({ name, values: numbers }) => `${name}: ${labels.map((label, at) => `${label} ${says(numbers[at])}`).join(', ')}`,
  );
  return `${title || 'Chart'} (${chart}). ${values.join('; ')}`.slice(0, 1000);
}
