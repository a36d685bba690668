import { InputError } from '../../shared/errors.ts';
import { containers, type VideoCodec, videoCodecs } from '../media/containers.ts';
import { boxOfRung, displaySize, even, fitInside, type Size } from '../media/display-size.ts';
import { isHdr } from '../media/picture-chain.ts';
import { isStreaming, type PlanContext, type VideoPlan, type Wish } from './plan.ts';

/** ffprobe's names for what we call h265. */
const ownName = (codec: string) => (codec === 'hevc' ? 'h265' : codec);

/** `crop: 'auto'` was settled before (settle-crop.ts); where nobody did, the picture stays whole. */
export function planVideo(wish: Wish<'video'>, context: PlanContext): VideoPlan | undefined {
  const stream = context.source.video;
  if (stream === undefined) return undefined;
  const crop = wish.crop === 'auto' ? undefined : wish.crop;
  const keepHdr = wish.hdr === 'keep' && isHdr(stream);
  const sourceSize =
    crop === undefined ? displaySize(stream) : croppedSize(crop, displaySize(stream), context.source.file.name);
  const { size, canvas } = layOut(sourceSize, wish, isStreaming(context.container));
  const copy = decideCopy(wish, context, canvas);
  return {
    stream,
    sourceSize,
    size,
    canvas,
    encoding: encodingOf(wish, context, keepHdr),
    copy,
    deinterlace: wish.deinterlace ?? 'auto',
    keepHdr,
    pixelFormat: usualPixelFormat(wish, keepHdr),
    crop,
    padColor: ffmpegColour(wish.pad?.color ?? 'black'),
    quality: context.quality ?? (wish.ssim === undefined ? undefined : { ssim: wish.ssim }),
  };
}

function usualPixelFormat({ pixelFormat }: Wish<'video'>, keepHdr: boolean) {
  return pixelFormat ?? (keepHdr ? 'yuv420p10le' : 'yuv420p');
}

function encodingOf(
  wish: Wish<'video'>,
  { container, source, speed }: PlanContext,
  keepHdr: boolean,
): VideoPlan['encoding'] {
  const allowed = isStreaming(container) ? (['h264', 'h265'] as const) : containers[container].video;
  const usual = keepHdr ? (allowed.find((codec) => codec !== 'h264') ?? 'h265') : (allowed[0] ?? 'h264');
  const codec: VideoCodec =
    wish.codec === undefined || wish.codec === 'copy' || wish.codec === 'auto' ? usual : wish.codec;
  return {
    codec,
    speed: wish.speed ?? 'fast',
    crf: wish.crf,
    bitrate: wish.bitrate,
    maxBitrate: wish.maxBitrate,
    passes: wish.passes ?? 1,
    profile: wish.profile,
    level: wish.level,
    keyframeSeconds: wish.keyframeSeconds ?? (isStreaming(container) ? 4 : undefined),
    fps: wish.fps,
    usualFps: usualRate(source.video?.fps, speed),
    hdr: keepHdr ? source.video : undefined,
  };
}

/** Recordings of browsers count milliseconds and call that a rate; slow motion has up to half of that. */
function usualRate(fps: number | undefined, speed: number): number | undefined {
  return fps === undefined || fps > 500 ? undefined : fps * speed;
}

/** The picture and the bars around it, both inside the box that was asked for and never larger than the source. */
function layOut(source: Size, wish: Wish<'video'>, streaming: boolean): { size: Size; canvas: Size } {
  const sized = wish.width !== undefined || wish.height !== undefined;
  const resolution = wish.resolution ?? (streaming ? '1080p' : undefined);
  const padded = wish.pad === undefined ? source : padTo(source, wish.pad.aspect);
  const box = sized ? wish : resolution === undefined ? {} : boxOfRung(Number.parseInt(resolution, 10), padded);
  const canvas = fitInside(padded, box);
  if (wish.pad === undefined) return { size: canvas, canvas };
  const scale = Math.min(canvas.width / padded.width, canvas.height / padded.height);
  const side = (pixels: number, most: number) => Math.min(most, even(pixels * scale));
  return { size: { width: side(source.width, canvas.width), height: side(source.height, canvas.height) }, canvas };
}

function padTo({ width, height }: Size, aspect: string): Size {
  const [across = 1, down = 1] = aspect.split(':').map(Number);
  const ratio = across / down;
  return width / height < ratio ? { width: even(height * ratio), height } : { width, height: even(width / ratio) };
}

/** ffmpeg knows the names of CSS 3, most in the American spelling. */
function ffmpegColour(name: string): string {
  if (name === 'rebeccapurple') return '#663399';
  return name === 'lightgray' || name === 'lightgrey' ? 'lightgrey' : name.replace('grey', 'gray');
}

function croppedSize(crop: { x: number; y: number; width: number; height: number }, seen: Size, name: string): Size {
  if (crop.x + crop.width <= seen.width && crop.y + crop.height <= seen.height) return crop;
  throw new InputError(
    `The crop reaches to ${crop.x + crop.width} × ${crop.y + crop.height}, but "${name}" shows ${seen.width} × ${seen.height} pixels. Choose a part inside it.`,
  );
}

/** `copy` as asked; `auto` when the stream already is what would come out. @throws InputError when the container cannot hold it. */
function decideCopy(wish: Wish<'video'>, context: PlanContext, canvas: Size): boolean {
  const { container, source } = context;
  const stream = source.video;
  if (stream === undefined || isStreaming(container) || (wish.codec !== 'copy' && wish.codec !== 'auto')) return false;
  const codec = ownName(stream.codec);
  const fits = container === 'mkv' || containers[container].video.includes(codec as VideoCodec);
  if (wish.codec === 'copy') {
    if (fits) return true;
    throw new InputError(
      `The video in "${source.file.name}" is ${stream.codec}, which ${container} cannot hold unchanged. Choose a codec.`,
    );
  }
  const untouched = canvas.width === stream.width && canvas.height === stream.height && stream.rotation === 0;
  const keepHdr = wish.hdr === 'keep' && isHdr(stream);
  const plain =
    stream.pixelFormat === usualPixelFormat(wish, keepHdr) &&
    (keepHdr || !isHdr(stream)) &&
    !['tt', 'bb', 'tb', 'bt'].includes(stream.fieldOrder);
  const { crf, bitrate, maxBitrate, ssim, fps, profile, level, keyframeSeconds } = wish;
  const free = [crf, bitrate, maxBitrate, ssim, fps, profile, level, keyframeSeconds].every((one) => one === undefined);
  const steered = context.quality !== undefined;
  const known = (videoCodecs as readonly string[]).includes(codec);
  return (
    fits &&
    known &&
    untouched &&
    plain &&
    free &&
    !steered &&
    wish.crop === undefined &&
    wish.pad === undefined &&
    !context.changed &&
    !context.clipped
  );
}
