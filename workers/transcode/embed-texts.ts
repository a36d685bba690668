import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../kind.ts';
import { guardedInput } from '../media/probe-media.ts';
import type { Plan } from './plan.ts';
import { embeddedCodec, type TextTrack } from './subtitles.ts';
import { writeWebvtt } from './webvtt.ts';

/** Tracks of text as inputs of the command, in the time of the result. */
export interface EmbeddedTexts {
  readonly tracks: readonly TextTrack[];
  readonly inputs: readonly { readonly path: string; readonly options: readonly string[] }[];
}

/** Text stays inside, and its times are not those of the source: a track mapped from there would be shown at the wrong time. */
export function movesTexts({ container, subtitles, clip, speed }: Plan): boolean {
  const clipped = clip.inputOptions.length + clip.outputOptions.length > 0;
  return subtitles.embed === true && container in embeddedCodec && (clipped || speed !== 1);
}

/** `leadSeconds`: what the command cuts off the beginning of its output, where a clip is decoded from earlier. */
export async function writeEmbedded(
  { scratch }: Pick<Task<unknown>, 'scratch'>,
  tracks: readonly TextTrack[],
  leadSeconds: number,
): Promise<EmbeddedTexts> {
  const lead = leadSeconds.toFixed(6);
  const inputs = await Promise.all(
    tracks.map(async ({ number, cues }) => {
      const path = join(scratch, `embedded-${number}.vtt`);
      await writeFile(path, writeWebvtt(cues));
      return { path, options: ['-itsoffset', lead, ...guardedInput('webvtt')] };
    }),
  );
  return { tracks, inputs };
}

/** `first`: which input of the command the first track is. */
export function embeddedOptions({ tracks }: EmbeddedTexts, { container }: Plan, first: number): string[] {
  return tracks.flatMap(({ language, title, isDefault, isForced }, position) => [
    ...['-map', `${first + position}:s:0`, `-c:s:${position}`, embeddedCodec[container] ?? 'copy'],
    ...[`-metadata:s:s:${position}`, `language=${language}`],
    ...(title === undefined ? [] : [`-metadata:s:s:${position}`, `title=${title}`]),
    ...[`-disposition:s:${position}`, disposition(isDefault, isForced)],
  ]);
}

const disposition = (isDefault: boolean, isForced: boolean) =>
  [...(isDefault ? ['default'] : []), ...(isForced ? ['forced'] : [])].join('+') || '0';
