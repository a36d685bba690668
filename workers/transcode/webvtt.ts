/** WebVTT as ffmpeg writes it, read into cues, and cues written again. Times are seconds of the result. */

export interface Cue {
  readonly start: number;
  readonly end: number;
  /** What stands behind the times: `line:0` and the like, or nothing. */
  readonly settings: string;
  readonly text: string;
}

const timing = /^(?:(\d+):)?(\d\d):(\d\d\.\d{3}) --> (?:(\d+):)?(\d\d):(\d\d\.\d{3})[ \t]*(.*)$/;

/** Blocks without times (the header, notes, what a blank line cut off) are left out. */
export function readWebvtt(content: string): readonly Cue[] {
  return content.split(/(?:\r?\n){2,}/).flatMap((block) => {
    const lines = block.split(/\r?\n/);
    const at = lines.findIndex((line) => timing.test(line));
    const [, h1, m1, s1, h2, m2, s2, settings = ''] = timing.exec(lines[at] ?? '') ?? [];
    const text = lines
      .slice(at + 1)
      .join('\n')
      .trimEnd();
    if (at < 0 || text === '') return [];
    return [{ start: secondsOf(h1, m1, s1), end: secondsOf(h2, m2, s2), settings, text }];
  });
}

const secondsOf = (hours = '0', minutes = '0', seconds = '0') =>
  Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);

/** The cues of a part of the source, in the time of the result. `seconds` 0: to the end. */
export function cutCues(
  cues: readonly Cue[],
  part: { readonly start: number; readonly seconds: number; readonly speed: number },
): readonly Cue[] {
  const length = part.seconds > 0 ? part.seconds : Number.POSITIVE_INFINITY;
  return cues.flatMap((cue) => {
    const start = Math.max(0, (cue.start - part.start) / part.speed);
    const end = Math.min(length, (cue.end - part.start) / part.speed);
    return end > start ? [{ ...cue, start, end }] : [];
  });
}

/** `header`: lines under the first, such as X-TIMESTAMP-MAP. */
export function writeWebvtt(cues: readonly Cue[], header: readonly string[] = []): string {
  const blocks = cues.map(
    ({ start, end, settings, text }) =>
      `${clock(start)} --> ${clock(end)}${settings === '' ? '' : ` ${settings}`}\n${text}\n`,
  );
  return [['WEBVTT', ...header, ''].join('\n'), ...blocks].join('\n');
}

function clock(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const rest = String(ms % 1000).padStart(3, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}.${rest}`;
}
