import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { MediaFacts } from '../../shared/messages/job.ts';
import type { Output } from '../kind.ts';
import type { Source } from '../media/open-source.ts';
import { refuseTruncated } from '../media/verify-output.ts';
import type { LadderParts } from './ladder-command.ts';
import { type Plan, scoreFacts } from './plan.ts';
import { type PictureRendition, type Rendition, readRendition, type SoundRendition } from './read-rendition.ts';
import { writeIframes } from './write-iframes.ts';
import { writeMaster } from './write-master.ts';
import { writeMpd } from './write-mpd.ts';

interface Finished {
  readonly source: Source;
  readonly plan: Plan;
  readonly parts: LadderParts;
  readonly log: string;
  readonly name: string;
}

/** Measures what was written and describes it: the entry first, then what it leads to. @throws InputError when nothing came, or a part. */
export async function writeManifests(finished: Finished): Promise<readonly Output[]> {
  const { plan, parts, name } = finished;
  const { pictures, sounds } = await readRenditions(finished);
  const facts = { ...entryFacts(pictures, sounds), ...scoreFacts(plan) };
  const write = async (file: string, text: string, more: MediaFacts = facts): Promise<Output> => {
    const path = join(parts.root, file);
    await writeFile(path, text);
    const mediaType = file.endsWith('.mpd') ? 'application/dash+xml' : 'application/vnd.apple.mpegurl';
    return { name: file, path, mediaType, facts: more };
  };
  const outputs: Output[] = [];
  if (plan.container !== 'dash') outputs.push(await write(`${name}.m3u8`, writeMaster(pictures, sounds)));
  if (plan.container !== 'hls') outputs.push(await write(`${name}.mpd`, writeMpd(pictures, sounds)));
  if (plan.container === 'dash') return outputs;
  for (const picture of pictures)
    outputs.push(await write(`${picture.folder}/iframes.m3u8`, writeIframes(picture), factsOf(picture)));
  return [...outputs, ...[...pictures, ...sounds].map((rendition) => playlistOf(parts.root, rendition))];
}

async function readRenditions({
  source,
  plan,
  parts,
  log,
}: Finished): Promise<{ pictures: PictureRendition[]; sounds: SoundRendition[] }> {
  const read = (folder: string) =>
    readRendition(parts.root, folder).catch((error: unknown) => Promise.reject(nothingCame(source, log, error)));
  const fps = plan.video?.encoding.fps ?? source.video?.fps;
  const pictures = await Promise.all(
    parts.rungs.map(async (rung) => ({ ...(await read(rung.name)), ...rung.size, fps })),
  );
  const sounds = await Promise.all(
    parts.sounds.map(async ({ folder, audio }) => ({
      ...(await read(folder)),
      language: audio.stream.language,
      title: audio.stream.title,
      channels: audio.encoding.channels,
      sampleRate: audio.encoding.sampleRate ?? audio.stream.sampleRate,
    })),
  );
  const seconds = Math.max(...[...pictures, ...sounds].map((rendition) => rendition.seconds));
  refuseTruncated({ seconds: plan.clip.seconds, log, inputName: source.file.name }, seconds);
  return { pictures, sounds };
}

function playlistOf(root: string, rendition: Rendition): Output {
  const name = `${rendition.folder}/playlist.m3u8`;
  return { name, path: join(root, name), mediaType: 'application/vnd.apple.mpegurl', facts: factsOf(rendition) };
}

function entryFacts(pictures: readonly PictureRendition[], sounds: readonly SoundRendition[]): MediaFacts {
  const best = pictures[0] ?? sounds[0];
  const sound = sounds[0] === undefined ? {} : { audioCodec: 'aac' };
  return { ...(best === undefined ? {} : factsOf(best)), ...sound, renditions: pictures.length };
}

function factsOf(rendition: Rendition | PictureRendition): MediaFacts {
  const size = 'width' in rendition ? { width: rendition.width, height: rendition.height } : {};
  const codec = rendition.codec.startsWith('avc1') ? 'h264' : 'hevc';
  const codecs = 'width' in rendition ? { videoCodec: codec } : { audioCodec: 'aac' };
  return { durationMs: Math.round(rendition.seconds * 1000), bitrate: rendition.meanBitrate, ...size, ...codecs };
}

function nothingCame(source: Source, log: string, cause: unknown): InputError {
  const sentence = `Nothing in "${source.file.name}" could be decoded: it is damaged or empty. Play it to check it and send it again.`;
  return new InputError(sentence, new Error(log, { cause }));
}
