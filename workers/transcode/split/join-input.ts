import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PartResult, SplitMismatch } from '../../splitter.ts';
import type { ChunkFacts } from './check-chunk.ts';
import type { JoinFacts } from './orders.ts';

/** The pieces of one rung as one input of ffmpeg. */
export interface JoinInput {
  readonly path: string;
  readonly options: readonly string[];
}

/**
 * A list for ffmpeg's concat demuxer. How long each piece lasts is said, or it would guess by the last frame's duration, which is
 * unknown; by the times that are in the pieces, for those of the plan are finer than the clock of the encoder. @throws SplitMismatch when a piece is missing or was encoded with another setup.
 */
export async function joinInput(
  scratch: string,
  parts: readonly PartResult[],
  rung: string,
  { stretches }: JoinFacts,
): Promise<JoinInput> {
  const pieces = filesNamed(parts, `${rung}.mp4`);
  if (pieces.length !== stretches.length) throw new SplitMismatch('A piece of the video is missing.');
  const told = pieces.map(({ output }) => output as Partial<ChunkFacts>);
  const setups = new Set(told.map(({ setup }) => setup));
  const begins = (index: number) => told[index]?.firstSeconds ?? stretches[index]?.firstSeconds ?? 0;
  if (setups.size !== 1) throw new SplitMismatch('The pieces of the video were not encoded alike.');
  const lines = pieces.flatMap(({ path }, index) => {
    const last = index === pieces.length - 1;
    const lasts = last ? [] : [`duration ${(begins(index + 1) - begins(index)).toFixed(6)}`];
    return [`file '${path.replaceAll("'", "'\\''")}'`, ...lasts];
  });
  const list = join(scratch, `${rung}.ffconcat`);
  await writeFile(list, ['ffconcat version 1.0', ...lines, ''].join('\n'));
  return { path: list, options: [...sameClock, '-itsoffset', begins(0).toFixed(6), ...guardedList] };
}

/** Times as they are in the pieces, and their ticks: or segments would get a clock that is made of the frame rate. */
const sameClock = ['-copyts', '-copytb', '1'];

/** A list of ours may name local MP4 files and nothing else. */
const guardedList = ['-protocol_whitelist', 'file', '-format_whitelist', 'concat,mov', '-safe', '0', '-f', 'concat'];

type PartFile = PartResult['files'][number];

/** What the parts made under this name, in the order of the plan. */
export function filesNamed(parts: readonly PartResult[], name: string): readonly PartFile[] {
  return parts.flatMap(({ files }) => files.filter((file) => file.output.name === name));
}
