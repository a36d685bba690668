import type { Task } from '../../kind.ts';
import type { FfmpegRun } from '../../media/ffmpeg.ts';
import { guardedInput } from '../../media/probe-media.ts';
import type { Reporter } from '../../media/stages.ts';
import type { PartResult } from '../../splitter.ts';
import { combineScores, type PieceScore } from '../combine-scores.ts';
import { forecastDecoding, forecastEncoding } from '../forecast.ts';
import { forecastComparing } from '../forecast-scoring.ts';
import { isStreaming } from '../plan.ts';
import { type Score, wholeScore } from '../quality-goal.ts';
import type { Rung } from '../rung.ts';
import { scoresVmaf, scoresWhole } from '../score-results.ts';
import { scoreWhole } from '../score-whole.ts';
import { chunkPath } from './chunk-command.ts';
import { filesNamed } from './join-input.ts';
import type { ChunkOrder, JoinFacts } from './orders.ts';

interface Encoded {
  readonly order: ChunkOrder;
  /** The command that made it, without extra pictures. */
  readonly command: Pick<FfmpegRun, 'inputs' | 'filterGraph'>;
  readonly root: string;
  readonly inputName: string;
}

/** The rungs of a chunk against what the encoder was given; none when that is not asked for. */
export async function scoreChunk(
  task: Pick<Task<unknown>, 'signal'> & Reporter,
  { order: { plan, rungs, stretch }, command, root, inputName }: Encoded,
): Promise<readonly { readonly score: Score }[]> {
  if (plan.video === undefined || !scoresWhole(plan)) return [];
  const { inputs, filterGraph = '' } = command;
  const { pixelFormat } = plan.video;
  const seconds = stretch.lastSeconds - stretch.firstSeconds;
  const made = rungs.map(({ size }, index) => ({ path: chunkPath(root, index), options: guardedInput('mov'), size }));
  const scores = await scoreWhole(task, { inputs, filterGraph, cut: [], pixelFormat, seconds, inputName }, made);
  return scores.map((score) => ({ score }));
}

/** Forecasts of encoding a chunk and of comparing it. */
export async function chunkCosts({ plan, rungs, stretch }: ChunkOrder): Promise<readonly number[]> {
  const { video } = plan;
  if (video === undefined || !scoresWhole(plan)) return [1, 0];
  const sizes = rungs.map(({ size }) => size);
  const decoding = forecastDecoding(video, (stretch.lastSeconds - stretch.firstSeconds) * plan.speed);
  const encoding = rungs.reduce((sum, rung) => sum + forecastEncoding(rung.encoding, rung.size, stretch.frames), 0);
  return [decoding + encoding, decoding + forecastComparing(sizes, stretch.frames, await scoresVmaf(plan))];
}

/** What the chunks scored, told of the whole. */
export function joinScores(facts: JoinFacts, parts: readonly PartResult[]): JoinFacts {
  const { plan } = facts;
  if (plan.video === undefined || !scoresWhole(plan)) return facts;
  const rungs = facts.rungs.map((rung) => ({ ...rung, score: wholeScore(rung.score, combined(rung, parts)) }));
  if (isStreaming(plan.container)) return { ...facts, rungs };
  const score = wholeScore(plan.video.score, facts.rungs[0] && combined(facts.rungs[0], parts));
  return { ...facts, plan: { ...plan, video: { ...plan.video, score } } };
}

function combined({ name }: Rung, parts: readonly PartResult[]): Score | undefined {
  const told = filesNamed(parts, `${name}.mp4`).map(({ output }) => output as { frames?: number; score?: Score });
  const pieces = told.flatMap(({ frames = 0, score }): PieceScore[] =>
    score === undefined ? [] : [{ ...score, frames }],
  );
  return pieces.length === told.length ? combineScores(pieces) : undefined;
}
