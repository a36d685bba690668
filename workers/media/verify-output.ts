import { InputError } from '../../shared/errors.ts';
import type { MediaFacts } from '../../shared/messages/job.ts';
import type { Media } from './media.ts';
import type { Source } from './open-source.ts';
import { probeMedia } from './probe-media.ts';

export interface Expectation {
  readonly path: string;
  readonly demuxer: string;
  readonly video: boolean;
  readonly audio: boolean;
  /** Of the result; 0 when nobody knows. */
  readonly seconds: number;
  /** Second of the input the result begins at. */
  readonly from?: number | undefined;
  /** No less than `seconds` can come of a whole input, whatever ffmpeg said. */
  readonly exactLength?: boolean | undefined;
  /** What ffmpeg said while it made the result. */
  readonly log: string;
  readonly inputName: string;
  readonly signal: AbortSignal;
}

/** ffmpeg can exit 0 with nothing, or with a part. @throws InputError when the input gave nothing or ended early. */
export async function verifyOutput(expected: Expectation): Promise<MediaFacts> {
  const media = await probeMedia({ ...expected, name: 'result' }).catch((error: unknown) => {
    expected.signal.throwIfAborted();
    throw nothingCame(expected, error);
  });
  if (expected.video && (media.video[0]?.durationSeconds ?? media.durationSeconds ?? 0) <= 0)
    throw nothingCame(expected);
  if (!expected.video && (media.durationSeconds ?? 0) <= 0) throw nothingCame(expected);
  if ((expected.video && media.video.length === 0) || (expected.audio && media.audio.length === 0)) {
    const lost = media.video.length === 0 && expected.video ? 'picture' : 'sound';
    if ((expected.from ?? 0) > 0)
      throw new InputError(
        `"${expected.inputName}" has no ${lost} from ${expected.from} s on, where the clip begins. Choose an earlier start.`,
        new Error(expected.log),
      );
    throw new InputError(
      `The ${lost} of "${expected.inputName}" could not be decoded: the file is damaged or was cut off. Play it to check it and send it again.`,
      new Error(expected.log),
    );
  }
  refuseTruncated(expected, media.durationSeconds ?? 0);
  return mediaFactsOf(media);
}

function nothingCame({ inputName, log }: Expectation, cause?: unknown): InputError {
  return new InputError(
    `Nothing in "${inputName}" could be decoded: it is damaged or empty. Play it to check it and send it again.`,
    cause ?? new Error(log),
  );
}

/** What a whole source gives. */
export function expectedOf({ file, durationSeconds, exactLength }: Source) {
  return { inputName: file.name, seconds: durationSeconds, exactLength };
}

const endsEarly = /partial file|ended prematurely|ends prematurely|truncat/i;

/** Shorter than declared, and the header counts, or ffmpeg met the end of the file unexpectedly: then the sender's file is cut off. */
export function refuseTruncated(
  expected: Pick<Expectation, 'seconds' | 'exactLength' | 'log' | 'inputName'>,
  seconds: number,
): void {
  const counted = expected.exactLength === true;
  // What was counted sample by sample is not a matter of percents.
  const tolerance = counted ? 0.5 : Math.max(0.5, expected.seconds * 0.02);
  const sure = counted || endsEarly.test(expected.log);
  if (!sure || seconds >= expected.seconds - tolerance) return;
  throw new InputError(
    `"${expected.inputName}" ends after ${seconds.toFixed(1)} s of ${expected.seconds.toFixed(1)} s: it was cut off. Send the whole file.`,
  );
}

/** Before any work: a file known to lack its end, unless what is wanted of it is there. @throws InputError saying where it ends. */
export function refuseCutOff({ file, durationSeconds, cutOff }: Source, untilSeconds = Number.POSITIVE_INFINITY): void {
  if (cutOff === undefined || untilSeconds <= cutOff.seconds) return;
  const { seconds, unit } = cutOff;
  const where = unit === undefined ? ` of ${durationSeconds.toFixed(1)} s` : `, inside a ${unit}`;
  throw new InputError(
    `"${file.name}" ends after ${seconds.toFixed(1)} s${where}: it was cut off. Send the whole file.`,
  );
}

export function mediaFactsOf(media: Media): MediaFacts {
  const video = media.video[0];
  const audio = media.audio[0];
  return {
    ...(media.durationSeconds === undefined ? {} : { durationMs: Math.round(media.durationSeconds * 1000) }),
    ...(video === undefined ? {} : { width: video.width, height: video.height, videoCodec: video.codec }),
    ...(video?.fps === undefined ? {} : { fps: Math.round(video.fps * 1000) / 1000 }),
    ...(audio === undefined ? {} : { audioCodec: audio.codec, channels: audio.channels, sampleRate: audio.sampleRate }),
  };
}
