/** A chart as it is drawn, whatever it was made from. */
export interface ChartData {
  readonly chart: 'bar' | 'line' | 'pie';
  readonly title: string;
  /** Millimetres. */
  readonly height: number;
  readonly labels: readonly string[];
  readonly series: readonly Series[];
  /** A number as it is written at the axis and in the legend. */
  write(value: number): string;
  /** A part of the whole, 0 … 1, as a percentage. */
  writeShare(share: number): string;
}

export interface Series {
  readonly name: string;
  /** Undefined where the data has none. */
  readonly values: readonly (number | undefined)[];
}

/** Okabe and Ito's colours, which colour-blind people can tell apart, in an order that keeps neighbours distinct. */
const palette = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#56b4e9', '#cc79a7', '#8a6d00', '#555555'];
export const colourOf = (index: number): string => palette[index % palette.length] ?? '#0072b2';
