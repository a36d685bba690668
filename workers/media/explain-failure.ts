import { AppError, InputError } from '../../shared/errors.ts';

export interface Failure {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** How the person who sent the file calls it. */
  readonly inputName: string;
  /** The run lasted long enough to have used up its processor time. */
  readonly cpuLimitPossible?: boolean;
}

type Fault = readonly [pattern: RegExp, sentence: string];

/** What a media tool says when the file is at fault, and how we say it. The first match wins, so causes stand before consequences. */
const inputFaults: readonly Fault[] = [
  [
    /moov atom not found/i,
    'has no index (the "moov" part is missing): it was probably cut off while it was recorded or sent. Send the whole file',
  ],
  [/decrypt|encryption info|\benc[av]\b|DRM/i, 'is encrypted. Send a copy without copy protection'],
  [
    /decoder \([^)]*\) not found|no decoder|unknown codec|decoding requested, but no decoder/i,
    'is encoded in a way this farm cannot read. Send it as H.264, H.265, VP9 or AV1 video, or as AAC, MP3, Opus, FLAC or WAV sound',
  ],
  [
    /cannot allocate memory|picture size .* is invalid|resource temporarily unavailable/i,
    'needs more memory to decode than one task may use. Send it at a lower resolution',
  ],
  [/matches no streams|does not contain any stream/i, 'has no stream that can be used here'],
  [/partial file|ended prematurely|end of file|truncat/i, 'ends too early. Send the whole file'],
];

/** Also said of everything behind an encoder that was refused, so it comes last. */
const damaged: Fault = [
  /invalid data|error reading header|could not find codec parameters|contradictionary|not on whitelist|error while decoding|no frame|invalid nal|header missing|cannot determine format|nothing was (written|encoded)|webpanimencoderassemble/i,
  'is damaged or is not what its name says: it could not be decoded. Play it to check it and send it again',
];

/** A tool's end turned into the error a person can act on: the input's fault (never retried), ours, or a limit. */
export function explainFailure(failure: Failure): AppError {
  const cause = new Error(failure.stderr.slice(-4000));
  const named = `"${failure.inputName}"`;
  if (diskWasFull(failure.stderr)) return scratchFull(failure.inputName, cause);
  if (failure.code === 126 || failure.code === 127) {
    return new AppError('tool_missing', 'A program this kind needs (ffmpeg) is not installed on the worker.', {
      cause,
    });
  }
  if (failure.signal === 'SIGXCPU' || (caughtSignal.has(failure.code ?? 0) && failure.cpuLimitPossible === true)) {
    return new AppError('deadline_exceeded', `Work on ${named} took more processor time than one task may use.`, {
      cause,
    });
  }
  if (failure.signal === 'SIGXFSZ' || /file too large/i.test(failure.stderr)) {
    return new InputError(
      `The result of ${named} would be larger than one file may be here. Ask for a lower bitrate or a clip.`,
      cause,
    );
  }
  const fault = failure.signal === null ? inputFaults.find(([pattern]) => pattern.test(failure.stderr)) : undefined;
  if (fault !== undefined) return new InputError(`${named} ${fault[1]}.`, cause);
  if (failure.signal === null && encoderRefusal.test(failure.stderr)) return refused(failure, cause);
  if (failure.signal === null && damaged[0].test(failure.stderr))
    return new InputError(`${named} ${damaged[1]}.`, cause);
  return new AppError('internal_error', `The media program stopped unexpectedly while it worked on ${named}.`, {
    retryable: true,
    cause,
  });
}

/**
 * The encoder was opened with settings it does not take; what params.ts lets through and this source cannot have. Before the end of
 * the file it is only opened when there is a picture or a sound at all.
 */
const encoderRefusal = /error while opening encoder|could not open encoder(?! before EOF)/i;
/** What an encoder says of it: `[libx264 @ 0x…] …`, `x265 [error]: …`. */
const encoderWords = /^(?:\[lib\w+[^\]]*\]|(?:x265|svt) ?\[error\]:)\s*([^\n/]{3,200})$/im;

function refused({ stderr, inputName }: Failure, cause: Error): AppError {
  const words = encoderWords.exec(stderr)?.[1]?.trim().replace(/\.$/, '');
  // It says nothing when there is no memory left to open it: huge pictures, subtitles that draw without end.
  const reason = words === undefined ? ', or not within the memory one task may use' : ` (${words})`;
  return new InputError(`The encoder cannot make of "${inputName}" what is asked for${reason}. Ask otherwise.`, cause);
}

/** ffmpeg catches SIGXCPU as it catches SIGTERM, finishes the file and exits with 255; at the fourth (one a second) it gives up with 123. */
const caughtSignal = new Set([255, 123]);

/** ffmpeg exits 0 when only the last bytes did not fit, so the log is asked after every run. */
export function diskWasFull(log: string): boolean {
  return /no space left on device|disk quota exceeded/i.test(log);
}

export function scratchFull(inputName: string, cause?: unknown): AppError {
  return new AppError('scratch_full', `The worker ran out of disk space while it worked on "${inputName}".`, {
    retryable: true,
    cause,
  });
}
