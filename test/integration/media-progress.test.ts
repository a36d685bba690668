/**
 * Progress of every kind that works for long: never backwards, and within a few percent of the truth. The truth is the processor
 * time that was spent until then, of all that the work took: unlike a clock it does not depend on what else the machine does.
 * Needs ffmpeg and Linux; no server.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { catalog } from '../../workers/catalog.ts';
import type { Process } from '../../workers/kind.ts';
import { childrenCpu } from '../support/children-cpu.ts';
import { makeTask } from '../support/make-task.ts';
import { quickVideo, renderInto } from '../support/render-clip.ts';

const folder = await mkdtemp(join(tmpdir(), 'farm-progress-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const rendered = new Map<string, Promise<string>>();

/** Rendered once, for many modes read the same. */
function render(name: string, ...args: string[]): Promise<string> {
  const known = rendered.get(name) ?? renderInto(folder, name, ...args);
  rendered.set(name, known);
  return known;
}

const film = (seconds = 60, size = '320x180') =>
  render(
    `film-${seconds}-${size}.mp4`,
    ...['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=50:d=${seconds}`],
    ...['-f', 'lavfi', '-i', `anoisesrc=d=${seconds}:a=0.2`],
    ...quickVideo,
    ...['-g', '100'],
  );
const large = () => film(40, '854x480');
const noise = (seconds: number) => `anoisesrc=d=${seconds}:a=0.2:r=48000`;
const sound = (seconds = 480) => render(`sound-${seconds}.flac`, '-f', 'lavfi', '-i', noise(seconds), '-ac', '2');
/** Whose peaks lie far above their loudness. */
const beats = () => {
  const source = `${noise(120)},volume='if(lt(mod(t\\,1)\\,0.08)\\,1\\,0.1)':eval=frame`;
  return render('beats.flac', '-f', 'lavfi', '-i', source, '-ac', '2');
};
/** An hour of little, so that there is something to copy. */
const long = async () => render('long.mkv', '-stream_loop', '89', '-i', await film(40), '-c', 'copy');

/** What was reported, and the seconds of processor time spent until then. */
interface Moment {
  readonly fraction: number;
  readonly spent: number;
}

async function watch(kind: string, params: object, paths: readonly string[]) {
  const known = catalog[kind];
  if (known === undefined) throw new Error(`no kind ${kind}`);
  const task = await makeTask<unknown>({
    params: known.contract.params.parse(params),
    files: paths.map((path) => ({ path, name: 'in' })),
  });
  const work = (await known.load()) as unknown as Process<unknown>;
  const before = childrenCpu();
  const moments: Moment[] = [];
  await work({ ...task, progress: (fraction) => void moments.push({ fraction, spent: childrenCpu() - before }) });
  return { moments, total: childrenCpu() - before };
}

const quick = { speed: 'fastest', width: 160 };
const fast = { speed: 'fast' };
const rungs = { preset: 'hls', split: 'never', ladder: ['480p', '360p', '240p'], video: fast };

/**
 * Points of the whole that a report may be from the truth, and seconds of CPU that do not count: looking at the file before the
 * work and at the result behind it, and what lies between ffmpeg's telling and our looking while other tests hold the cores.
 */
const usual = 5;
const uncounted = 0.7;

interface Mode {
  readonly kind: string;
  readonly params?: object;
  readonly source: () => Promise<string>;
  readonly others?: readonly (() => Promise<string>)[];
  /** Where the usual ones cannot be held, and why. */
  readonly points?: number;
  readonly because?: string;
}

const modes: Readonly<Record<string, Mode>> = {
  'one pass': { kind: 'transcode', params: { video: fast }, source: large },
  'two passes': { kind: 'transcode', params: { video: { ...fast, bitrate: 400_000, passes: 2 } }, source: large },
  'two slow passes': {
    kind: 'transcode',
    params: { video: { speed: 'slow', bitrate: 200_000, passes: 2 } },
    source: () => film(),
  },
  'a clip, faster': {
    kind: 'transcode',
    params: { video: quick, clip: { start: 20, end: 140 }, speed: 2 },
    source: () => film(150),
  },
  'a ladder with poster and sprite': {
    kind: 'transcode',
    params: { ...rungs, firstRung: 'together', poster: true, sprite: true },
    source: large,
  },
  'a first rung early': { kind: 'transcode', params: { ...rungs, firstRung: 'early' }, source: large },
  'a copy': {
    kind: 'transcode',
    params: { container: 'mkv', video: { codec: 'copy' }, audio: { codec: 'copy' } },
    source: long,
  },
  'a search for a quality': {
    kind: 'transcode',
    params: { quality: { ssim: 0.97 }, video: fast },
    source: large,
    points: 8,
    because: 'whether it takes two trials or three shows with the first, and they are most of the work on a short film',
  },
  'a loudness': {
    kind: 'transcode',
    params: { preset: 'mp3', audio: { loudness: -16 } },
    source: () => sound(),
  },
  // A single peak at the end is not foreseen by anything: until it is heard, progress is up to thirty points ahead.
  'a loudness, limited': {
    kind: 'transcode',
    params: { preset: 'mp3', audio: { loudness: -14 } },
    source: beats,
  },
  loudness: { kind: 'loudness', source: () => sound(1200) },
  'waveform, peaks': { kind: 'waveform', source: () => sound(1200) },
  'waveform, PNG': { kind: 'waveform', params: { format: 'png' }, source: () => sound(1200) },
  'waveform, SVG': { kind: 'waveform', params: { format: 'svg' }, source: () => sound(1200) },
  spectrogram: { kind: 'waveform', params: { format: 'spectrogram' }, source: () => sound(1200) },
  sprite: { kind: 'sprite', params: { every: 1 }, source: large },
  poster: { kind: 'poster', source: () => film(300) },
  'preview, WebP': { kind: 'preview', params: { seconds: 20, width: 640 }, source: large },
  'preview, GIF': {
    kind: 'preview',
    params: { format: 'gif', seconds: 20, width: 640 },
    source: large,
  },
  'preview, MP4': { kind: 'preview', params: { format: 'mp4', seconds: 20, width: 640 }, source: large },
  concat: { kind: 'concat', source: () => film(), others: [() => sound(60), () => film(30)] },
};

describe.each(Object.entries(modes))('%s', (_name, { kind, params = {}, source, others = [], points = usual }) => {
  it(`tells how far it is, to ${points} points`, async () => {
    const paths = [await source()];
    for (const other of others) paths.push(await other());
    const { moments, total } = await watch(kind, params, paths);
    const fractions = moments.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBeGreaterThan(0.9);
    expect(fractions.at(-1)).toBeLessThanOrEqual(1);
    const tolerance = points / 100 + uncounted / total;
    const errors = moments.map(({ fraction, spent }) => fraction - spent / total);
    expect(Math.max(...errors)).toBeLessThan(tolerance);
    expect(Math.min(...errors)).toBeGreaterThan(-tolerance);
    // A report for every second of work, on however many cores; and the looks before it and behind it.
    const told = [0, ...moments.map(({ spent }) => spent), total];
    const gaps = told.slice(1).map((spent, index) => spent - (told[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(availableParallelism() + uncounted);
  });
});
