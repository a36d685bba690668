import { readFile } from 'node:fs/promises';
import type { SplitPlan } from '../../../shared/messages/split.ts';
import type { Source } from '../../media/open-source.ts';
import type { SplitTask } from '../../splitter.ts';
import type { TranscodeParams } from '../params.ts';
import { settleDeinterlace } from '../picture-graph.ts';
import type { Plan, VideoPlan } from '../plan.ts';
import { planTask } from '../plan-task.ts';
import { reachQuality } from '../reach-quality.ts';
import { scoresVmaf, scoresWhole } from '../score-results.ts';
import { prepareBurn } from '../subtitles.ts';
import { type BurnScript, drawsAlike, readBurnScript } from './burn-script.ts';
import { chooseLength } from './choose-length.ts';
import { cutStretches } from './cut-stretches.ts';
import { orderParts } from './order-parts.ts';
import { placeCuts } from './place-cuts.ts';
import { planReads } from './plan-reads.ts';
import { planTiles } from './plan-tiles.ts';
import { readPackets } from './read-packets.ts';
import { readTimeline } from './timeline.ts';
import { Uncuttable } from './uncuttable.ts';
import { sharesOfSplit } from './weigh.ts';
import { whyWhole } from './why-whole.ts';
import { withoutHidden } from './without-hidden.ts';

/** Below this one worker is done before the pieces have been sent round (`npm run bench -- split`). */
const shortestSeconds = 90;
/** The poster is chosen among the pictures of ten seconds, and the first chunk chooses alone. */
const posterSeconds = 10.5;

/** Everything that must be the same in all chunks is settled here, by one worker that has the whole file. */
export async function splitStep(task: SplitTask<TranscodeParams>): Promise<SplitPlan | null> {
  const wish = task.params.split ?? 'auto';
  if (wish === 'never' || (wish === 'auto' && task.slots.idle < 2)) return null;
  const { source, plan: asked } = await planTask(task);
  if (wish === 'auto' && asked.clip.seconds < shortestSeconds) return null;
  const { video } = asked;
  if (video === undefined || whyWhole(asked) !== undefined) return null;
  try {
    return await split(task, source, { ...asked, video });
  } catch (error) {
    if (error instanceof Uncuttable) return null;
    throw error;
  }
}

async function split(
  task: SplitTask<TranscodeParams>,
  source: Source,
  asked: Plan & { readonly video: VideoPlan },
): Promise<SplitPlan> {
  const { stream, encoding } = asked.video;
  const packets = await readPackets(source, stream.index, task.signal);
  const table = await withoutHidden(source, stream, packets, task.signal);
  const deinterlace = await settleDeinterlace(asked.video, source, task.signal);
  const { clip, speed } = asked;
  const joinsFields = deinterlace !== 'none';
  const timeline = readTimeline(table, source.demuxer, { ...encoding, clip, speed, joinsFields });
  const burn = await readBurn(task, source, asked);
  const alike = burn === undefined ? undefined : drawsAlike(burn);
  const cuts = placeCuts(timeline, {
    chunkSeconds: chooseLength(clip.seconds, task.slots, task.params.chunkSeconds),
    firstAtLeast: asked.extras.poster ? posterSeconds : 0,
    ...(alike === undefined ? {} : { free: (position) => alike(timeline.media[position] ?? 0) }),
  });
  if (cuts.length < 2) throw new Uncuttable('there is no place to cut it');
  const shares = sharesOfSplit(task, asked);
  const plan = await reachQuality(shares.searching, source, asked, { deinterlace });
  const tiles = planTiles(plan, timeline);
  const stretches = cutStretches(timeline, cuts, tiles.frames);
  const { clock } = timeline;
  const readings = await planReads(source, stream.index, table, { stretches, clock }, task.signal);
  const order = orderParts({
    ...{ source, plan, clock, burn, deinterlace },
    scoring: scoresWhole(plan) ? { vmaf: await scoresVmaf(plan) } : undefined,
    stretches: stretches.map((stretch, index) => ({ ...stretch, access: readings[index]?.access })),
    reads: readings.map(({ ranges }) => ranges),
    ...{ tiles: tiles.order, lastMayDiffer: timeline.resampled && stretches.at(-1)?.untilSeconds === undefined },
  });
  const rest = order.parts.reduce((sum, { weight }) => sum + weight, order.joinWeight);
  return { ...order, splitWeight: shares.weigh(rest, table.packets.length) };
}

/** Extracted once, from the whole file: a piece of it may lack the words it shows. */
async function readBurn(task: SplitTask<TranscodeParams>, source: Source, plan: Plan): Promise<BurnScript | undefined> {
  const path = await prepareBurn(task, source, plan);
  return path === undefined ? undefined : readBurnScript(await readFile(path, 'utf8'));
}
