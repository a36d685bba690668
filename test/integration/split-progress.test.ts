/**
 * The progress people see of a step that many workers share: never backwards, and within a few percent of the CPU spent by the
 * split, all parts and the join. The real splitter and the real ledger, without broker and store; two parts at a time. Linux.
 */
import { expect, it } from 'vitest';
import type { Happening, JobState } from '../../shared/ledger/job-state.ts';
import { viewJob } from '../../shared/ledger/job-view.ts';
import type { SplitPlan } from '../../shared/messages/split.ts';
import { splitter } from '../../workers/transcode/split/splitter.ts';
import { childrenCpu } from '../support/children-cpu.ts';
import { home, inputOf, parse } from '../support/compare-split.ts';
import { play, report, submit } from '../support/play-job.ts';
import { quickVideo, renderClip } from '../support/render-clip.ts';
import { runSplit } from '../support/run-split.ts';

const film = (seconds: number) =>
  renderClip(
    'in.mp4',
    ...['-f', 'lavfi', '-i', `testsrc2=s=640x360:r=50:d=${seconds}`],
    ...['-f', 'lavfi', '-i', `anoisesrc=d=${seconds}:a=0.2`],
    ...quickVideo,
    ...['-g', '50'],
  );

interface Moment {
  /** As the API shows it. */
  readonly progress: number;
  /** Seconds of CPU, by all workers together. */
  readonly spent: number;
}

/** What the ledger knows each piece of work by. The split is the first dispatch of the step, the parts are the second. */
function addressOf(what: string) {
  if (what === 'split') return { step: 'web', change: {} };
  if (what === 'join') return { step: 'web', change: { dispatch: 3, run: 'run_2' } };
  return { step: `web.1.${what}`, change: {} };
}

async function watch(path: string, params: object) {
  let job: JobState = submit({ web: ['input'] });
  const before = childrenCpu();
  const moments: Moment[] = [];
  const happen = (happening: Happening) => {
    job = play(job, [happening]).job;
    moments.push({ progress: viewJob(job).progress, spent: childrenCpu() - before });
  };
  await runSplit(splitter, {
    ...{ params: parse(params), inputs: [await inputOf(path)], home: await home(), name: 'film', workers: 2 },
    onProgress: (what, fraction) => {
      const { step, change } = addressOf(what);
      happen(report('progress', step, { ...change, fraction }));
    },
    around: async (what, work) => {
      const { step, change } = addressOf(what);
      happen(report('started', step, change));
      const made = await work();
      if (what === 'split') happen(report('split', step, { split: { plan: made as SplitPlan, inputs: [], slots: 2 } }));
      else if (what !== 'join') happen(report('succeeded', step));
      return made;
    },
  });
  return { moments, total: childrenCpu() - before };
}

/** Points of the whole, and seconds of CPU that do not count: as in media-progress.test.ts. */
const usual = 5;
const uncounted = 0.7;

interface Mode {
  readonly params: object;
  readonly points?: number;
}

const modes: Readonly<Record<string, Mode>> = {
  'a file': { params: {} },
  // Its chunks of ten seconds are short, and a start is a tenth of each.
  'a ladder with poster and sprite': {
    params: { preset: 'hls', ladder: ['360p', '240p'], poster: true, sprite: true },
    points: 8,
  },
  'a quality that is searched': { params: { quality: { ssim: 0.97 } }, points: 8 },
};

it.each(Object.entries(modes))('is near the truth for %s', async (_name, { params, points = usual }) => {
  const { moments, total } = await watch(await film(40), { video: { speed: 'fast' }, ...params });
  const told = moments.map(({ progress }) => progress);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  const tolerance = points / 100 + uncounted / total;
  const errors = moments.map(({ progress, spent }) => progress - spent / total);
  expect(Math.max(...errors)).toBeLessThan(tolerance);
  expect(Math.min(...errors)).toBeGreaterThan(-tolerance);
  expect(told.at(-1)).toBeGreaterThan(0.9);
});
