import { InputError } from '../../../shared/errors.ts';
import type { Output } from '../../kind.ts';
import { type JoinTask, type PartTask, SplitMismatch, type Splitter } from '../../splitter.ts';
import type { TranscodeParams } from '../params.ts';
import { isStreaming } from '../plan.ts';
import { encodeChunk } from './encode-chunk.ts';
import { encodeSound } from './encode-sound.ts';
import { joinFile } from './join-file.ts';
import { joinLadder } from './join-ladder.ts';
import type { JoinFacts, Order } from './orders.ts';
import { joinScores } from './score-chunk.ts';
import { splitStep } from './split-step.ts';

/** One video on many workers (ADR 7): stretches of the picture, the sound once, all put together without encoding. */
export const splitter: Splitter<TranscodeParams> = {
  split: splitStep,
  part: (task) => blameThePieces(makePart(task)),
  join: (task) => blameThePieces(join(task)),
};

async function makePart(task: PartTask<TranscodeParams>): Promise<readonly Output[]> {
  const order = task.part.params as unknown as Order;
  if (order.work === 'chunk') return encodeChunk(task, order);
  if (order.work === 'sound') return encodeSound(task);
  // A worker of another release made the plan.
  throw new SplitMismatch('A part of the work is unknown to this worker.');
}

async function join(task: JoinTask<TranscodeParams>): Promise<readonly Output[]> {
  const facts = joinScores(task.facts as unknown as JoinFacts, task.parts);
  const told = (output: Output) => ({ ...output, facts: { ...output.facts, split: { parts: task.parts.length } } });
  const telling = {
    ...task,
    ready: (rendition: string, outputs: readonly Output[]) => task.ready(rendition, outputs.map(told)),
  };
  const outputs = isStreaming(facts.plan.container) ? await joinLadder(telling, facts) : await joinFile(telling, facts);
  return outputs.map(told);
}

/** A file of holes may look damaged where the file itself is not: whether it is, one worker that has it all will say. */
async function blameThePieces<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof InputError) throw new SplitMismatch('A piece of the video could not be made alone.', error);
    throw error;
  }
}
