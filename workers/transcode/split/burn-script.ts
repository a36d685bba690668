import { Uncuttable } from './uncuttable.ts';

/** Subtitles to draw in, as ASS, taken apart. Times are those of the decoded media. */
export interface BurnScript {
  /** Styles and whatever else stands before the first line. */
  readonly head: string;
  readonly lines: readonly BurnLine[];
}

interface BurnLine {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Travels in messages, with every part. */
const mostHeadBytes = 16 * 1024;
const mostBytes = 1024 ** 2;
/** A line that just began or ended at a cut stays with both sides. */
const marginSeconds = 0.5;

/** What began before a clip has times below zero, every number with a sign of its own. */
const dialogue = /^Dialogue:[^,]*,(-?\d+):(-?\d+):(-?\d+)\.(-?\d+),(-?\d+):(-?\d+):(-?\d+)\.(-?\d+),/;

/** As ffmpeg writes it: the head, then a line for each event. @throws Uncuttable when it is too long to be sent along. */
export function readBurnScript(ass: string): BurnScript {
  const rows = ass.split(/\r?\n/);
  const first = rows.findIndex((row) => row.startsWith('Dialogue:'));
  const head = (first < 0 ? rows : rows.slice(0, first)).join('\n');
  if (head.length > mostHeadBytes || ass.length > mostBytes) throw new Uncuttable('its subtitles are too long');
  const lines = (first < 0 ? [] : rows.slice(first)).flatMap((text): BurnLine[] => {
    const times = dialogue.exec(text)?.slice(1).map(Number);
    if (times === undefined) return [];
    return [{ start: secondsOf(times.slice(0, 4)), end: secondsOf(times.slice(4)), text }];
  });
  return { head, lines };
}

function secondsOf([hours = 0, minutes = 0, seconds = 0, hundredths = 0]: readonly number[]): number {
  return hours * 3600 + minutes * 60 + seconds + hundredths / 100;
}

/** The lines that are seen between two instants; undefined: no bound. */
export function burnBetween(
  { head, lines }: BurnScript,
  from = Number.NEGATIVE_INFINITY,
  until = Number.POSITIVE_INFINITY,
): string {
  const seen = lines.filter(({ start, end }) => start < until + marginSeconds && end > from - marginSeconds);
  return `${[head, ...seen.map(({ text }) => text)].join('\n')}\n`;
}

/**
 * Whether drawing may begin anew at an instant. Where two lines are seen together the later one is moved out of the way, and stays
 * there when the first has gone; so nothing is cut from where they meet until both are over.
 */
export function drawsAlike({ lines }: BurnScript): (seconds: number) => boolean {
  const crowds: { from: number; until: number }[] = [];
  let until = Number.NEGATIVE_INFINITY;
  for (const { start, end } of [...lines].sort((a, b) => a.start - b.start)) {
    if (start < until) crowds.push({ from: start - marginSeconds, until: Math.max(until, end) + marginSeconds });
    until = Math.max(until, end);
  }
  return (seconds) => !crowds.some((crowd) => seconds >= crowd.from && seconds <= crowd.until);
}
