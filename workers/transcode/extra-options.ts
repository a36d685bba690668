import { availableParallelism } from 'node:os';
import type { Source } from '../media/open-source.ts';
import type { Plan } from './plan.ts';
import { embeddedCodec, textTracks } from './subtitles.ts';
import type { PictureInput } from './watermark.ts';

const withCover = new Set(['mp3', 'm4a', 'flac']);
const withChapters = new Set(['mp4', 'mov', 'm4a', 'mkv', 'webm', 'ogg', 'opus']);

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
    ...(cover === undefined ? coverOptions(source, plan) : newCover),
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

function coverOptions(source: Source, plan: Plan): string[] {
  const cover = source.media.artwork.find(({ codec }) => codec === 'mjpeg' || codec === 'png');
  if (!plan.keepCover || cover === undefined || !withCover.has(plan.container)) return [];
  return ['-map', `0:${cover.index}`, '-c:v', 'copy', '-disposition:v:0', 'attached_pic'];
}

/** Input 1 of the command. */
const newCover = ['-map', '1:v:0', '-c:v', 'copy', '-metadata:s:v:0', 'comment=Cover (front)'].concat([
  '-disposition:v:0',
  'attached_pic',
]);

function subtitleOptions(source: Source, plan: Plan): string[] {
  const codec = embeddedCodec[plan.container];
  if (plan.subtitles.embed !== true || codec === undefined) return ['-sn'];
  const tracks = textTracks(source);
  return tracks.flatMap(({ index, language }, position) => [
    ...['-map', `0:${index}`, `-c:s:${position}`, codec],
    ...[`-metadata:s:s:${position}`, `language=${language}`],
  ]);
}
