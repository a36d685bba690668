import type { Source } from './open-source.ts';
import { guardedInput } from './probe-media.ts';
import { runTool } from './run-tool.ts';

type Point = readonly [x: number, y: number];

/** What an HDR10 film says of its light, so that a display knows how to fit it to its own (SMPTE ST 2086, CTA 861.3). */
export interface HdrLight {
  /** The display it was graded on: CIE 1931 chromaticities, and its darkest and brightest in cd/m². */
  readonly display?: {
    readonly red: Point;
    readonly green: Point;
    readonly blue: Point;
    readonly white: Point;
    readonly darkest: number;
    readonly brightest: number;
  };
  /** MaxCLL and MaxFALL in cd/m². */
  readonly content?: { readonly brightest: number; readonly brightestMean: number };
}

const probeTimeoutMs = 60_000;
const limits = { memoryBytes: 2 * 1024 ** 3, cpuSeconds: 50, fileBytes: 0 };

type Raw = Readonly<Record<string, unknown>>;

/** It stands beside the first picture, or in the container alone. Undefined: the film says nothing of it. */
export async function readLight({ file, demuxer, video }: Source, signal: AbortSignal): Promise<HdrLight | undefined> {
  if (video === undefined) return undefined;
  const { stdout, code } = await runTool({
    command: 'ffprobe',
    args: ['-v', 'error', ...guardedInput(demuxer)].concat([
      ...['-select_streams', String(video.index), '-read_intervals', '%+#1'],
      ...['-show_entries', 'frame=side_data_list:stream=side_data_list', '-show_frames', '-of', 'json'],
      file.path,
    ]),
    signal,
    timeoutMs: probeTimeoutMs,
    limits,
  });
  return code === 0 ? lightIn(JSON.parse(stdout.toString('utf8')) as SideData) : undefined;
}

interface SideData {
  readonly frames?: readonly { readonly side_data_list?: readonly Raw[] }[];
  readonly streams?: readonly { readonly side_data_list?: readonly Raw[] }[];
}

export function lightIn({ frames = [], streams = [] }: SideData): HdrLight | undefined {
  const all = [...frames, ...streams].flatMap(({ side_data_list: list = [] }) => list);
  const display = displayIn(all.find(({ red_x: red, max_luminance: most }) => red !== undefined && most !== undefined));
  const content = contentIn(all.find(({ max_content: most }) => most !== undefined));
  if (display === undefined && content === undefined) return undefined;
  return { ...(display && { display }), ...(content && { content }) };
}

function displayIn(data: Raw | undefined): HdrLight['display'] {
  if (data === undefined) return undefined;
  const point = (name: string): Point => [fraction(data[`${name}_x`]), fraction(data[`${name}_y`])];
  const points = { red: point('red'), green: point('green'), blue: point('blue'), white: point('white_point') };
  const display = { ...points, darkest: fraction(data.min_luminance), brightest: fraction(data.max_luminance) };
  const coloured = Object.values(points).every((xy) => xy.every((value) => value >= 0 && value <= 1));
  const { darkest, brightest } = display;
  return coloured && darkest >= 0 && brightest > darkest && brightest <= mostLight ? display : undefined;
}

/** The fields of H.265 hold so much, and x265 lets more begin again from zero: 32 bits of 0.0001 cd/m², and 16 of one. */
const mostLight = 429_496;
const mostContent = 65_535;

function contentIn(data: Raw | undefined): HdrLight['content'] {
  const content = { brightest: Number(data?.max_content), brightestMean: Number(data?.max_average) };
  return Object.values(content).every((light) => light >= 0 && light <= mostContent) ? content : undefined;
}

function fraction(text: unknown): number {
  const [above = Number.NaN, below = 1] = String(text).split('/').map(Number);
  return above / below;
}

/** For `-x265-params`: chromaticities in steps of 0.00002, light in steps of 0.0001 cd/m². */
export function lightForX265({ display, content }: HdrLight): string[] {
  const colour = (value: number) => String(Math.round(value * 50_000));
  const light = (value: number) => String(Math.round(value * 10_000));
  return [
    ...(display === undefined ? [] : [`master-display=${describeDisplay(display, colour, light)}`]),
    ...(content === undefined ? [] : [`max-cll=${content.brightest},${content.brightestMean}`]),
  ];
}

/** For `-svtav1-params`, in plain numbers. */
export function lightForSvt({ display, content }: HdrLight): string[] {
  const plain = (value: number) => value.toFixed(5);
  return [
    ...(display === undefined ? [] : [`mastering-display=${describeDisplay(display, plain, plain)}`]),
    ...(content === undefined ? [] : [`content-light=${content.brightest},${content.brightestMean}`]),
  ];
}

function describeDisplay(
  { red, green, blue, white, darkest, brightest }: NonNullable<HdrLight['display']>,
  colour: (value: number) => string,
  light: (value: number) => string,
): string {
  const at = ([x, y]: Point) => `(${colour(x)},${colour(y)})`;
  return `G${at(green)}B${at(blue)}R${at(red)}WP${at(white)}L(${light(brightest)},${light(darkest)})`;
}
