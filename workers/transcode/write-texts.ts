import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output } from '../kind.ts';
import type { TextTrack } from './subtitles.ts';
import { type Cue, writeWebvtt } from './webvtt.ts';

/** Subtitles as a rendition of a stream. */
export interface TextRendition {
  readonly folder: string;
  /** ISO 639-2, or `und`. */
  readonly language: string;
  readonly title: string | undefined;
  readonly isDefault: boolean;
  /** For who understands the sound but not, say, the signs. */
  readonly isForced: boolean;
  readonly segments: readonly { readonly name: string; readonly seconds: number }[];
  readonly seconds: number;
}

/** The whole track in one file, which DASH names. */
export const wholeText = 'subtitles.vtt';
/** Text is small: a segment of a few kilobytes each half minute. */
const leastSegmentSeconds = 30;
/** ffmpeg's MPEG-TS muxer puts time zero here (1.4 s of 90 kHz), in every rendition alike. */
const transportZero = 'X-TIMESTAMP-MAP=MPEGTS:126000,LOCAL:00:00:00.000';

export interface TextWish {
  readonly root: string;
  /** Of the stream. */
  readonly seconds: number;
  /** Of the pictures; the text is cut at a multiple of it. */
  readonly target: number;
  readonly transport: boolean;
}

/** Writes the segments of every track and the whole track. A cue that lasts into the next segment is in both (RFC 8216 §3.5). */
export async function writeTexts(tracks: readonly TextTrack[], wish: TextWish): Promise<readonly TextRendition[]> {
  const length = Math.ceil(leastSegmentSeconds / wish.target) * wish.target;
  const count = Math.max(1, Math.ceil(wish.seconds / length - 0.01));
  return Promise.all(
    tracks.map(async (track) => {
      const directory = join(wish.root, track.folder);
      await mkdir(directory, { recursive: true });
      const segments = Array.from({ length: count }, (_, index) => {
        const [start, end] = [index * length, index === count - 1 ? wish.seconds : (index + 1) * length];
        return { name: `seg_${String(index + 1).padStart(5, '0')}.vtt`, seconds: end - start, start, end };
      });
      const header = wish.transport ? [transportZero] : [];
      for (const { name, start, end } of segments)
        await writeFile(join(directory, name), writeWebvtt(shownBetween(track.cues, start, end), header));
      await writeFile(join(directory, wholeText), writeWebvtt(track.cues));
      const { folder, language, title, isDefault, isForced } = track;
      return { folder, language, title, isDefault, isForced, segments, seconds: wish.seconds };
    }),
  );
}

function shownBetween(cues: readonly Cue[], from: number, to: number): readonly Cue[] {
  return cues.filter(({ start, end }) => start < to && end > from);
}

/** The files a container has a use for: segments for HLS, the whole for DASH. */
export function textFiles(texts: readonly TextRendition[], root: string, container: string): readonly Output[] {
  return texts.flatMap(({ folder, segments }) => {
    const names = [
      ...(container === 'dash' ? [] : segments.map(({ name }) => name)),
      ...(container === 'hls' ? [] : [wholeText]),
    ];
    return names.map((name) => ({ name: `${folder}/${name}`, path: join(root, folder, name), mediaType: 'text/vtt' }));
  });
}
