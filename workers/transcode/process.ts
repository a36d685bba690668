import type { Process } from '../kind.ts';
import { openSource } from '../media/open-source.ts';
import { encodeFile } from './encode-file.ts';
import { encodeLadder } from './encode-ladder.ts';
import type { TranscodeParams } from './params.ts';
import { isStreaming } from './plan.ts';
import { planTranscode } from './plan-transcode.ts';

/** Sniff and probe → plan → encode → probe the result. */
export const process: Process<TranscodeParams> = async (task) => {
  const [input] = task.inputs;
  if (input === undefined) throw new TypeError('the contract asks for one input');
  const source = await openSource(input, task.signal);
  const plan = planTranscode(task.params, source);
  return isStreaming(plan.container) ? encodeLadder(task, source, plan) : encodeFile(task, source, plan);
};
