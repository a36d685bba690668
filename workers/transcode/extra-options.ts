import { availableParallelism } from 'node:os';
import type { Source } from '../media/open-source.ts';
import type { Plan } from './plan.ts';
import { keptCover } from './prepare-cover.ts';
import { embeddedCodec, textTracks } from './subtitles.ts';
import type { PictureInput } from './watermark.ts';

const withChapters = new Set(['mp4', 'mov', 'm4a', 'mkv', 'webm', 'ogg', 'opus', 'mp3']);

interface Extras {
  readonly cover?: PictureInput | undefined;
  /** Options of text that is not taken from the source as it stands there. */
  readonly texts?: readonly string[] | undefined;
}

/** What goes into the file beside picture and sound: tags, chapters, languages, subtitles, a cover. */
export function extraOptions(source: Source, plan: Plan, { cover, texts }: Extras = {}): string[] {
  const chapters =
    plan.keepChapters && withChapters.has(plan.container) && plan.speed === 1 && source.media.chapters.length > 0;
  return [
    '-filter_threads',
    String(Math.min(availableParallelism(), 8)),
    ...coverOptions(source, plan, cover),
    ...(texts ?? subtitleOptions(source, plan)),
    ...taggedAnew(plan.tags, chapters),
    ...plan.audio.flatMap(({ stream }, position) => [
      `-metadata:s:a:${position}`,
      `language=${stream.language}`,
      ...(stream.title === undefined ? [] : [`-metadata:s:a:${position}`, `title=${stream.title}`]),
      ...(plan.audio.length === 1 ? [] : [`-disposition:a:${position}`, position === 0 ? '+default' : '-default']),
    ]),
  ];
}

/** The tags of the plan and no others: neither the place nor the device of a recording, nor what a camera calls its tracks. */
export function taggedAnew(tags: Plan['tags'], chapters = false): string[] {
  return [
    ...['-map_metadata:g', '-1', '-map_chapters', chapters ? '0' : '-1'],
    ...['-metadata:s', 'handler_name=', '-metadata:s', 'vendor_id='],
    ...Object.entries(tags).flatMap(([key, value]) => ['-metadata', `${key}=${value}`]),
  ];
}

/** An input of its own is input 1 of the command. */
function coverOptions(source: Source, plan: Plan, cover: PictureInput | undefined): string[] {
  const kept = keptCover(source, plan);
  if (cover === undefined && kept === undefined) return [];
  const stream = cover === undefined ? `0:${kept?.index}` : '1:v:0';
  const named = plan.newCover ? ['-metadata:s:v:0', 'comment=Cover (front)'] : [];
  return ['-map', stream, '-c:v', 'copy', ...named, '-disposition:v:0', 'attached_pic'];
}

function subtitleOptions(source: Source, plan: Plan): string[] {
  const codec = embeddedCodec[plan.container];
  if (plan.subtitles.embed !== true || codec === undefined) return ['-sn'];
  const tracks = textTracks(source);
  return tracks.flatMap(({ index, language }, position) => [
    ...['-map', `0:${index}`, `-c:s:${position}`, codec],
    ...[`-metadata:s:s:${position}`, `language=${language}`],
  ]);
}
