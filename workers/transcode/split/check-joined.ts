import { join } from 'node:path';
import { guardedInput, probeMedia } from '../../media/probe-media.ts';
import { SplitMismatch } from '../../splitter.ts';
import { readChunk, sameInstant } from './check-chunk.ts';
import type { JoinFacts } from './orders.ts';
import { pieceOf } from './sound-piece.ts';

interface Joined {
  readonly path: string;
  readonly demuxer: string;
  readonly facts: JoinFacts;
  /** The file the sound came in. */
  readonly sound: { readonly path: string } | undefined;
  readonly signal: AbortSignal;
}

/** What lies before the first sound of AAC or Opus; Matroska counts it differently from MP4, in whole runs as well. */
const priming = 0.025;

/** Reads the result back, as a stranger would. @throws SplitMismatch when it is not what one worker would have made. */
export async function checkJoined({ path, demuxer, facts, sound, signal }: Joined): Promise<void> {
  const made = await readChunk(path, guardedInput(demuxer), signal);
  checkFrames(made, facts);
  if (sound === undefined) return;
  const piece = pieceOf(facts.plan);
  const [before, after] = await Promise.all([
    probeMedia({ path: sound.path, demuxer: piece.demuxer, name: 'sound', signal }),
    probeMedia({ path, demuxer, name: 'result', signal }),
  ]);
  const wanted = (facts.stretches[0]?.firstSeconds ?? 0) - ((before.audio[0]?.startSeconds ?? 0) + piece.shift);
  const got = made.firstSeconds - (after.audio[0]?.startSeconds ?? 0);
  if (after.audio.length !== before.audio.length)
    throw new SplitMismatch('A track of sound was lost when the pieces were joined.');
  if (after.audio.length > 0 && Math.abs(wanted - got) > (demuxer === 'mov' ? 2 * sameInstant : priming))
    throw new SplitMismatch('Picture and sound moved apart when the pieces were joined.');
}

/** All frames, once each, from the first instant to the last; where the file begins is its muxer's choice. */
export function checkFrames(
  made: { readonly frames: number; readonly firstSeconds: number; readonly lastSeconds: number },
  { stretches, lastMayDiffer }: Pick<JoinFacts, 'stretches' | 'lastMayDiffer'>,
): void {
  const frames = stretches.reduce((sum, stretch) => sum + stretch.frames, 0);
  const span = (stretches.at(-1)?.lastSeconds ?? 0) - (stretches[0]?.firstSeconds ?? 0);
  const spread = lastMayDiffer ? 3 : 0;
  const sameSpan = Math.abs(made.lastSeconds - made.firstSeconds - span) <= sameInstant + spread * 0.1;
  if (Math.abs(made.frames - frames) <= spread && sameSpan) return;
  throw new SplitMismatch(
    `The joined video has ${made.frames} frames over ${span.toFixed(3)} s; ${frames} were expected.`,
  );
}

/** A playlist of ours and its segments. @throws SplitMismatch */
export async function checkRendition(folder: string, facts: JoinFacts, signal: AbortSignal): Promise<void> {
  const playlist = ['-protocol_whitelist', 'file', '-format_whitelist', 'hls,mov,mpegts', '-allowed_extensions', 'ALL'];
  checkFrames(await readChunk(join(folder, 'playlist.m3u8'), [...playlist, '-f', 'hls'], signal), facts);
}
