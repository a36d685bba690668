import { join } from 'node:path';
import { guardedInput, guardedPlaylist, probeMedia } from '../../media/probe-media.ts';
import { runTool } from '../../media/run-tool.ts';
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

/**
 * A playlist of ours and its segments; `sound` is the file of what lies inside them, when it does. Otherwise every rendition has the same
 * clock, from which ffprobe is late by the delay of the B-frames. @throws SplitMismatch
 */
export async function checkRendition(
  folder: string,
  facts: JoinFacts,
  { sound, signal }: Pick<Joined, 'sound' | 'signal'>,
): Promise<void> {
  const path = join(folder, 'playlist.m3u8');
  const made = await readChunk(path, guardedPlaylist, signal);
  checkFrames(made, facts);
  const first = facts.stretches[0]?.firstSeconds ?? 0;
  if (sound === undefined) {
    const inPlace = facts.plan.segments === 'ts' || near(made.firstSeconds - made.delaySeconds, first);
    if (!inPlace) throw new SplitMismatch('The picture left the clock of the sound when the pieces were joined.');
    return;
  }
  const { demuxer, shift } = pieceOf(facts.plan);
  const [before, after] = await Promise.all([
    firstSound(sound.path, guardedInput(demuxer), signal),
    firstSound(path, guardedPlaylist, signal),
  ]);
  if (!near(made.firstSeconds - after, first - (before + shift)))
    throw new SplitMismatch('Picture and sound moved apart when the pieces were joined.');
}

const near = (a: number, b: number) => Math.abs(a - b) <= 2 * sameInstant;

/** Seconds, on the clock of the file. @throws SplitMismatch when there is none. */
async function firstSound(path: string, inputOptions: readonly string[], signal: AbortSignal): Promise<number> {
  const first = [
    '-select_streams',
    'a:0',
    '-read_intervals',
    '%+#1',
    '-show_entries',
    'packet=pts_time',
    '-of',
    'csv=p=0',
  ];
  const answer = await runTool({
    command: 'ffprobe',
    args: ['-v', 'error', ...inputOptions, ...first, path],
    signal,
    timeoutMs: 60_000,
    limits: { memoryBytes: 2 * 1024 ** 3, cpuSeconds: 60, fileBytes: 0 },
  });
  const seconds = Number.parseFloat(answer.stdout.toString('latin1'));
  if (Number.isNaN(seconds)) throw new SplitMismatch('The sound was lost when the pieces were joined.');
  return seconds;
}

/** Segments follow one another as the playlist says. `times` and `lengths` in seconds. @throws SplitMismatch */
export function checkContinuous(times: readonly number[], lengths: readonly number[]): void {
  let expected = times[0] ?? 0;
  for (const [index, at] of times.entries()) {
    if (Math.abs(at - expected) > sameInstant)
      throw new SplitMismatch('There is a hole between two segments of sound.');
    expected = at + (lengths[index] ?? 0);
  }
}
