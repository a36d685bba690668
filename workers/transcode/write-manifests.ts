import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaFacts } from '../../shared/messages/job.ts';
import type { Output } from '../kind.ts';
import { targetDuration } from './measure-bandwidth.ts';
import type { Container } from './plan.ts';
import type { PictureRendition, Rendition } from './read-rendition.ts';
import { type Stream, writeMaster } from './write-master.ts';
import { writeIframes, writeMediaPlaylist } from './write-media-playlist.ts';
import { writeMpd } from './write-mpd.ts';

export interface Manifests {
  readonly root: string;
  /** Of the entries: `film` makes `film.m3u8` and `film.mpd`. */
  readonly name: string;
  readonly container: Container;
  /** What else is known of the whole stream. */
  readonly facts?: MediaFacts;
}

/** Describes the renditions that are whole, over their segments: the entry first, then what it leads to. May be called again when there are more. */
export async function writeManifests(
  stream: Stream,
  { root, name, container, facts: more = {} }: Manifests,
): Promise<readonly Output[]> {
  const write = async (file: string, text: string, facts: MediaFacts): Promise<Output> => {
    const path = join(root, file);
    await writeFile(path, text);
    const mediaType = file.endsWith('.mpd') ? 'application/dash+xml' : 'application/vnd.apple.mpegurl';
    return { name: file, path, mediaType, facts };
  };
  const { pictures, sounds, texts } = stream;
  const entry = { ...entryFacts(stream), ...more };
  const outputs: Output[] = [];
  if (container !== 'dash') outputs.push(await write(`${name}.m3u8`, writeMaster(stream), entry));
  if (container !== 'hls') outputs.push(await write(`${name}.mpd`, writeMpd(stream), entry));
  if (container === 'dash') return outputs;
  const media = [...pictures, ...sounds];
  const target = targetDuration(media.flatMap(({ segments }) => segments));
  for (const picture of pictures)
    outputs.push(await write(`${picture.folder}/iframes.m3u8`, writeIframes(picture), factsOf(picture)));
  for (const rendition of media)
    outputs.push(await write(playlistOf(rendition), writeMediaPlaylist(rendition, target), factsOf(rendition)));
  for (const text of texts) {
    const playlist = writeMediaPlaylist({ ...text, init: undefined }, targetDuration(text.segments));
    outputs.push(await write(playlistOf(text), playlist, { durationMs: Math.round(text.seconds * 1000) }));
  }
  return outputs;
}

const playlistOf = ({ folder }: { readonly folder: string }) => `${folder}/playlist.m3u8`;

function entryFacts({ pictures, sounds }: Stream): MediaFacts {
  const best = pictures[0] ?? sounds[0];
  const sound = sounds[0] === undefined && pictures[0]?.soundInside === undefined ? {} : { audioCodec: 'aac' };
  return { ...(best === undefined ? {} : factsOf(best)), ...sound, renditions: pictures.length };
}

function factsOf(rendition: Rendition | PictureRendition): MediaFacts {
  const measured = { durationMs: Math.round(rendition.seconds * 1000), bitrate: rendition.meanBitrate };
  if (!('width' in rendition)) return { ...measured, audioCodec: 'aac' };
  const { width, height, codec, score, soundInside } = rendition;
  return {
    ...measured,
    ...{ width, height, videoCodec: codec.startsWith('avc1') ? 'h264' : 'hevc' },
    ...(soundInside === undefined ? {} : { audioCodec: 'aac' }),
    ...score,
  };
}
