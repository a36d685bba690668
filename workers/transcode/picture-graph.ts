import { matrixOf } from '../media/colour-matrix.ts';
import { detectInterlace } from '../media/detect-interlace.ts';
import type { Size } from '../media/display-size.ts';
import { escapeFilterValue } from '../media/escape-filter-value.ts';
import type { Source } from '../media/open-source.ts';
import { pictureChain } from '../media/picture-chain.ts';
import { changeSpeed } from './frame-clock.ts';
import type { Plan, VideoPlan } from './plan.ts';
import { type Mark, overlayMark, type PictureInput } from './watermark.ts';

export type Deinterlace = 'none' | 'flagged' | 'all';

export async function settleDeinterlace(video: VideoPlan, source: Source, signal: AbortSignal): Promise<Deinterlace> {
  if (video.deinterlace === 'never' || video.copy) return 'none';
  return video.deinterlace === 'always' ? 'all' : detectInterlace(source, signal);
}

export interface PictureParts {
  readonly deinterlace: Deinterlace;
  /** A file of subtitles in our own scratch. */
  readonly subtitles?: string | undefined;
  readonly mark?: Mark | undefined;
  /** Of a song. */
  readonly cover?: PictureInput | undefined;
  /** A filter that moves the times of the source (split/). */
  readonly clock?: string | undefined;
  /** A filter that lets one stretch of the frames through (split/). */
  readonly only?: string | undefined;
  /** A filter that makes the first instant of the result zero, where no muxer does (split/). */
  readonly zero?: string | undefined;
}

/** From the decoded picture to `[out]`, everything that was asked for in the order an editor would do it. */
export function pictureGraph(
  plan: Plan,
  video: VideoPlan,
  parts: PictureParts,
  out: string,
  sizes?: { size: Size; canvas: Size },
): string {
  const { size, canvas } = sizes ?? video;
  const only = parts.only === undefined ? [] : [parts.only];
  const { speed } = plan;
  // Joining fields and counting frames anew take what lies before a stretch into account.
  const local = parts.deinterlace === 'none' && video.encoding.fps === undefined;
  const late = countsAnew(plan);
  const chain = [
    ...(parts.clock === undefined ? [] : [parts.clock]),
    ...(local ? only : []),
    pictureChain(video.stream, {
      size,
      crop: video.crop,
      fps: speed === 1 ? video.encoding.fps : undefined,
      pixelFormat: video.pixelFormat,
      deinterlace: parts.deinterlace,
      keepHdr: video.keepHdr,
    }),
    ...(local || late ? [] : only),
    ...bars(size, canvas, video.padColor),
    ...(parts.subtitles === undefined ? [] : [`subtitles=filename=${escapeFilterValue(parts.subtitles)}`]),
  ].join(',');
  const after = [
    ...fades(plan, 'fade'),
    ...(speed === 1 ? [] : changeSpeed(video, speed)),
    ...(late ? only : []),
    ...(parts.zero === undefined ? [] : [parts.zero]),
  ];
  const input = `[0:${video.stream.index}]`;
  if (parts.mark === undefined) return `${input}${[chain, ...after].join(',')}[${out}]`;
  const marked = [
    overlayMark(
      parts.mark,
      canvas,
      { leadSeconds: plan.clip.leadSeconds, speed },
      'base',
      matrixOf(video.stream) ?? 'bt709',
    ),
    `format=${video.pixelFormat}`,
    ...after,
  ];
  return `${input}${chain}[base];${marked.join(',')}[${out}]`;
}

/** Frames are counted by a new rate when they have been moved: `only` then stands behind that, in the time of the result. */
export function countsAnew({ speed, video }: Pick<Plan, 'speed' | 'video'>): boolean {
  return speed !== 1 && video?.encoding.fps !== undefined;
}

function bars(size: Size, canvas: Size, color: string): string[] {
  if (size.width === canvas.width && size.height === canvas.height) return [];
  return [`pad=${canvas.width}:${canvas.height}:-1:-1:color=${color.replace('#', '0x')}`];
}

/** Fades count in the decoded media's time: what lies before the clip comes first, and the speed is changed after them. */
export function fades({ fade, clip, speed }: Pick<Plan, 'fade' | 'clip' | 'speed'>, name: 'fade' | 'afade'): string[] {
  const at = (seconds: number) => (clip.leadSeconds + seconds * speed).toFixed(3);
  const length = (seconds: number) => (seconds * speed).toFixed(3);
  return [
    ...(fade.in > 0 ? [`${name}=t=in:st=${at(0)}:d=${length(fade.in)}`] : []),
    ...(fade.out > 0 && clip.seconds > 0
      ? [`${name}=t=out:st=${at(Math.max(0, clip.seconds - fade.out))}:d=${length(fade.out)}`]
      : []),
  ];
}
