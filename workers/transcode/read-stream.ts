import { InputError } from '../../shared/errors.ts';
import type { Source } from '../media/open-source.ts';
import { refuseTruncated } from '../media/verify-output.ts';
import type { LadderParts } from './ladder-command.ts';
import type { Plan } from './plan.ts';
import { readRendition } from './read-rendition.ts';
import type { Stream } from './write-master.ts';

/** What one pass made, measured. @throws InputError when nothing came, or only the beginning. */
export async function readStream(
  { source, plan }: { readonly source: Source; readonly plan: Plan },
  parts: LadderParts,
  log: string,
): Promise<Omit<Stream, 'texts'>> {
  const read = (folder: string, kind: 'picture' | 'sound') =>
    readRendition(parts.root, folder, kind).catch((error: unknown) => Promise.reject(nothingCame(source, log, error)));
  const fps = plan.video?.encoding.fps ?? source.video?.fps;
  // The only sound codec streams have; the segments' own tables would say the same.
  const inside = parts.soundInside ? { soundInside: 'mp4a.40.2' } : {};
  const pictures = await Promise.all(
    parts.rungs.map(async (rung) => ({
      ...(await read(rung.name, 'picture')),
      ...rung.size,
      fps,
      videoRange: videoRangeOf(plan),
      score: rung.score ?? {},
      ...inside,
    })),
  );
  const sounds = await Promise.all(
    (parts.soundInside ? [] : parts.sounds).map(async ({ folder, audio }) => ({
      ...(await read(folder, 'sound')),
      language: audio.stream.language,
      title: audio.stream.title,
      channels: audio.encoding.channels,
      sampleRate: audio.encoding.sampleRate ?? audio.stream.sampleRate,
    })),
  );
  const seconds = Math.max(...[...pictures, ...sounds].map((rendition) => rendition.seconds));
  const { exactLength } = source;
  refuseTruncated({ seconds: plan.clip.seconds, exactLength, log, inputName: source.file.name }, seconds);
  return { pictures, sounds };
}

/** What the encoder was told to write, else what it writes when it is not told (encoders.ts). */
function videoRangeOf({ video }: Plan): 'PQ' | 'HLG' | undefined {
  const hdr = video?.encoding.hdr;
  if (hdr === undefined) return undefined;
  return hdr.transfer === 'arib-std-b67' ? 'HLG' : 'PQ';
}

function nothingCame(source: Source, log: string, cause: unknown): InputError {
  const sentence = `Nothing in "${source.file.name}" could be decoded: it is damaged or empty. Play it to check it and send it again.`;
  return new InputError(sentence, new Error(log, { cause }));
}
