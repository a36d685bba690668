import { InputError } from '../../shared/errors.ts';
import type { InputFile } from '../kind.ts';
import { type CutOff, maxHours, measureDuration } from './measure-duration.ts';
import type { AudioStream, Media, VideoStream } from './media.ts';
import { guardedInput, probeMedia } from './probe-media.ts';
import { sniffDemuxer } from './sniff-demuxer.ts';

/** An input that was sniffed, probed and found usable. */
export interface Source {
  readonly file: InputFile;
  readonly demuxer: string;
  readonly media: Media;
  readonly video: VideoStream | undefined;
  readonly audio: AudioStream | undefined;
  /** Believed: measured when what the container declares cannot be true. */
  readonly durationSeconds: number;
  /** The header counts the length, so a result that is shorter means a file that was cut off. */
  readonly exactLength?: boolean;
  /** See `refuseCutOff`. */
  readonly cutOff?: CutOff | undefined;
  /** Stands before `-i` in every command that reads the file. */
  readonly inputOptions: readonly string[];
}

/** Larger pictures are refused before anything is decoded: 8K in either orientation, with room. */
const maxPixels = 8192 * 8192;

/** @throws InputError naming what is wrong with the file. */
export async function openSource(file: InputFile, signal: AbortSignal): Promise<Source> {
  if (file.bytes === 0) throw new InputError(`"${file.name}" is empty. Send it again.`);
  const demuxer = await sniffDemuxer(file.path);
  if (demuxer === undefined) throw notMedia(file);
  const media = await probeMedia({ path: file.path, demuxer, name: file.name, signal });
  const video = chooseVideo(media.video, file.name);
  const audio = chooseAudio(media.audio);
  if (video === undefined && audio === undefined) throw nothingUsable(media, file.name);
  const { seconds, exact, cutOff } = await measureDuration({ file, demuxer, media, signal });
  if (seconds > maxHours * 3600) throw tooLong(file, seconds);
  const length = { durationSeconds: seconds, exactLength: exact, cutOff };
  return { file, demuxer, media, video, audio, ...length, inputOptions: guardedInput(demuxer) };
}

/** The default track if it can be decoded, else the first that can. @throws InputError when there is video but none is readable. */
function chooseVideo(streams: readonly VideoStream[], name: string): VideoStream | undefined {
  const usable = streams.filter((stream) => stream.codec !== 'unknown' && stream.width > 0 && stream.height > 0);
  const full = usable.filter((stream) => stream.pixelFormat !== 'unknown');
  const chosen = full.find((stream) => stream.isDefault) ?? full[0] ?? usable[0];
  if (chosen !== undefined && chosen.width * chosen.height > maxPixels) {
    throw new InputError(
      `The video in "${name}" has ${chosen.width} × ${chosen.height} pixels; at most ${maxPixels / 1e6} million are taken. Send it smaller.`,
    );
  }
  const first = streams[0];
  if (chosen === undefined && first !== undefined) {
    const codec = first.codec === 'unknown' ? first.tag : first.codec;
    throw new InputError(
      `The video in "${name}" is encoded as "${codec}", which this farm cannot read. Send it as H.264, H.265, VP9 or AV1.`,
    );
  }
  return chosen;
}

function chooseAudio(streams: readonly AudioStream[]): AudioStream | undefined {
  const usable = streams.filter((stream) => stream.codec !== 'unknown' && stream.channels > 0);
  return usable.find((stream) => stream.isDefault) ?? usable[0];
}

function tooLong({ name }: InputFile, seconds: number): InputError {
  const hours = Math.round(seconds / 3600).toLocaleString('en');
  return new InputError(
    `"${name}" lasts ${hours} hours by its own times; at most ${maxHours} are taken. Send it in pieces, or check it: the times may be damaged.`,
  );
}

function notMedia({ name, mediaType }: InputFile): InputError {
  const guess = mediaType === 'application/octet-stream' ? '' : ` (its content was taken for ${mediaType})`;
  return new InputError(`"${name}" is not a video or sound file${guess}. Send a video or a sound recording.`);
}

function nothingUsable(media: Media, name: string): InputError {
  const unreadable = media.audio[0];
  if (unreadable !== undefined) {
    return new InputError(
      `The sound in "${name}" is encoded as "${unreadable.tag}", which this farm cannot read. Send it as AAC, MP3, Opus, FLAC or WAV.`,
    );
  }
  return new InputError(`"${name}" holds neither video nor sound. Send a file that plays.`);
}
