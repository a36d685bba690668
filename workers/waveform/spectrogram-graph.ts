import { tellSamples } from '../media/read-progress.ts';

/** Shorter pieces have too few samples for a column. */
const leastPieceSeconds = 2;
const leastPieceWidth = 16;
/** So progress goes in steps of four percent, and a piece of an hour's sound is some thirty megabytes. */
const mostPieces = 25;

interface Wish {
  /** Position of the track in the file. */
  readonly stream: number;
  readonly seconds: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The filters from a track to `[out]`, its spectrogram. showspectrumpic keeps the whole sound in memory and draws when it has
 * all of it, so a long one is cut into pieces that are drawn as they come and put side by side. Its transform takes seconds for
 * a minute of sound where the length is not a power of two (seen in 5.1.9: 15 s of CPU at a height of 200, 0.1 s at 256), so it
 * draws higher than asked and the picture is scaled.
 */
export function spectrogramGraph({ stream, seconds, width, height }: Wish): string {
  const drawn = 2 ** Math.ceil(Math.log2(height));
  const draw = (pieceWidth: number) => `showspectrumpic=s=${pieceWidth}x${drawn}:legend=0`;
  const finish = `scale=${width}:${height}:flags=area[out]`;
  const sound = `[0:${stream}]aformat=channel_layouts=mono,asetpts=PTS-STARTPTS,${tellSamples}`;
  const pieces = Math.floor(Math.min(mostPieces, seconds / leastPieceSeconds, width / leastPieceWidth));
  if (pieces < 2) return `${sound},${draw(width)},${finish}`;
  const edges = Array.from({ length: pieces + 1 }, (_, index) => Math.round((index * width) / pieces));
  const inner = edges.slice(1, -1).map((edge) => ((edge / width) * seconds).toFixed(6));
  const pads = (name: string) => edges.slice(1).map((_, index) => `[${name}${index}]`);
  const [heard, seen] = [pads('heard'), pads('seen')];
  // Every piece has to have something to draw, also where the sound ends before its packets do.
  const cut = `aresample=async=1,apad=whole_dur=${seconds.toFixed(6)},asegment=timestamps=${inner.join('|')}`;
  const drawings = heard.map(
    (pad, index) => `${pad}${draw((edges[index + 1] ?? 0) - (edges[index] ?? 0))}${seen[index]}`,
  );
  return [`${sound},${cut}${heard.join('')}`, ...drawings, `${seen.join('')}hstack=${pieces},${finish}`].join(';');
}
