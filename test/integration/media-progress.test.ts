/**
 * Progress of every kind that works for long: never backwards, and within a few percent of the truth. The truth is the processor
 * time that was spent until then, of all that the work took: unlike a clock it does not depend on what else the machine does.
 * Needs ffmpeg and Linux; no server.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../workers/catalog.ts';
import type { Process } from '../../workers/kind.ts';
import { makeTask } from '../support/make-task.ts';
import { quickVideo, renderClip } from '../support/render-clip.ts';

const film = (seconds = 60) =>
  renderClip(
    'in.mp4',
    ...['-f', 'lavfi', '-i', `testsrc2=s=320x180:r=50:d=${seconds}`],
    ...['-f', 'lavfi', '-i', `anoisesrc=d=${seconds}:a=0.2`],
    ...quickVideo,
    ...['-g', '100'],
  );
const sound = () => renderClip('in.flac', '-f', 'lavfi', '-i', 'anoisesrc=d=240:a=0.2:r=48000', '-ac', '2');

/** What was reported, and the seconds of processor time spent until then. */
interface Moment {
  readonly fraction: number;
  readonly spent: number;
}

async function watch(kind: string, params: object, path: string) {
  const known = catalog[kind];
  if (known === undefined) throw new Error(`no kind ${kind}`);
  const task = await makeTask<unknown>({ params: known.contract.params.parse(params), files: [{ path, name: 'in' }] });
  const work = (await known.load()) as unknown as Process<unknown>;
  const before = childrenCpu();
  const moments: Moment[] = [];
  await work({ ...task, progress: (fraction) => void moments.push({ fraction, spent: childrenCpu() - before }) });
  return { moments, total: childrenCpu() - before };
}

/** Seconds of the children that ended, and of those that run: fields 14 to 17 of /proc/PID/stat (proc(5)). */
function childrenCpu(): number {
  const own = statOf('self');
  const running = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((fields) => fields[1] === String(process.pid))
    .reduce((sum, fields) => sum + Number(fields[11]) + Number(fields[12]), 0);
  return (Number(own[13]) + Number(own[14]) + running) / 100;
}

/** From the third field, the state, on. */
function statOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  } catch {
    return [];
  }
}

const quick = { speed: 'fastest', width: 160 };

describe.each([
  ['transcode in one pass', 'transcode', { video: quick }, () => film()],
  ['transcode in two passes', 'transcode', { video: { ...quick, bitrate: 200_000, passes: 2 } }, () => film()],
  ['transcode to a ladder', 'transcode', { preset: 'hls', split: 'never', video: { speed: 'fastest' } }, () => film()],
  ['transcode to a loudness', 'transcode', { preset: 'mp3', audio: { loudness: -16 } }, sound],
  [
    'transcode of a clip, faster',
    'transcode',
    { video: quick, clip: { start: 20, end: 140 }, speed: 2 },
    () => film(150),
  ],
  ['loudness', 'loudness', {}, sound],
  ['waveform', 'waveform', {}, sound],
  // Decoding is all its work, and quick: of a short film, starting and looking at the result would count for much.
  ['sprite', 'sprite', { every: 1 }, () => film(240)],
])('%s', (_name, kind, params, source) => {
  it('tells how far it is', async () => {
    const { moments, total } = await watch(kind, params, await source());
    const fractions = moments.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBeGreaterThan(0.9);
    expect(fractions.at(-1)).toBeLessThanOrEqual(1);
    // ffmpeg tells twice a second how much it has written, so what it has in its hands is not counted yet.
    const late = 1 / total;
    for (const { fraction, spent } of moments) {
      expect(fraction - spent / total).toBeLessThan(0.15);
      expect(spent / total - fraction).toBeLessThan(0.05 + late);
    }
    expect(moments.length).toBeGreaterThanOrEqual(3);
  });
});
