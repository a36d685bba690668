import { displaySize } from '../media/display-size.ts';
import { threads } from '../media/encoders.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import type { TranscodeParams } from './params.ts';

/** Looks, spread over the film: bars stay, dark scenes and titles pass. Half a second each. */
const looks = 10;
const lookSeconds = 0.5;
/** Less than this share of a side is an uneven edge, not a bar. */
const leastBar = 0.01;

interface Edges {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** `crop: 'auto'` becomes the part of the picture that is not black bars, or nothing when there are none. */
export async function settleCrop(
  params: TranscodeParams,
  source: Source,
  signal: AbortSignal,
): Promise<TranscodeParams> {
  if (typeof params.video !== 'object' || params.video.crop !== 'auto') return params;
  const start = params.clip?.start ?? 0;
  const length = Math.max(0, Math.min(params.clip?.end ?? source.durationSeconds, source.durationSeconds) - start);
  const seen: Edges[] = [];
  for (let look = 0; look < looks; look++) {
    const edges = await lookAt(source, start + ((look + 0.5) / looks) * length, signal);
    if (edges !== undefined) seen.push(edges);
  }
  return { ...params, video: { ...params.video, crop: withoutBars(source, seen) } };
}

/** Where any look shows something is picture; all looks black leave nothing to go by. */
function withoutBars({ video }: Source, seen: readonly Edges[]) {
  if (video === undefined || seen.length === 0) return undefined;
  const whole = displaySize(video);
  const x = Math.min(...seen.map(({ left }) => left));
  const y = Math.min(...seen.map(({ top }) => top));
  const width = Math.max(...seen.map(({ right }) => right)) + 1 - x;
  const height = Math.max(...seen.map(({ bottom }) => bottom)) + 1 - y;
  const barred = whole.width - width >= whole.width * leastBar || whole.height - height >= whole.height * leastBar;
  return barred && width >= 16 && height >= 16 ? { x, y, width, height } : undefined;
}

/** The edges of what is not black in the upright picture with square samples. */
async function lookAt(source: Source, seconds: number, signal: AbortSignal): Promise<Edges | undefined> {
  const { video } = source;
  if (video === undefined) return undefined;
  const { width, height } = displaySize(video);
  const { log } = await runFfmpeg({
    inputs: [
      { path: source.file.path, options: ['-threads', threads, ...source.inputOptions, '-ss', seconds.toFixed(3)] },
    ],
    filterGraph: `[0:${video.index}]scale=${width}:${height},setsar=1,cropdetect=skip=0:reset=0:round=2[seen]`,
    outputs: [{ target: '-', options: ['-map', '[seen]', '-t', String(lookSeconds), '-f', 'null'] }],
    logLevel: 'info',
    inputName: source.file.name,
    signal,
  });
  return readEdges(log);
}

/** cropdetect widens what it found frame by frame; after black frames alone the edges stand the wrong way round. */
export function readEdges(log: string): Edges | undefined {
  const last = [...log.matchAll(/x1:(\d+) x2:(\d+) y1:(\d+) y2:(\d+)/g)].at(-1);
  const [left = 0, right = 0, top = 0, bottom = 0] = (last?.slice(1) ?? []).map(Number);
  return right > left && bottom > top ? { left, right, top, bottom } : undefined;
}
