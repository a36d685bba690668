import type { Output, Process } from '../kind.ts';
import { encodeFile } from './encode-file.ts';
import { encodeLadder } from './encode-ladder.ts';
import type { TranscodeParams } from './params.ts';
import { isStreaming, type Plan } from './plan.ts';
import { planTask } from './plan-task.ts';
import { whyWhole } from './split/why-whole.ts';

/** Sniff and probe → plan → encode → probe the result. */
export const process: Process<TranscodeParams> = async (task) => {
  const { source, plan } = await planTask(task);
  const outputs = await (isStreaming(plan.container) ? encodeLadder : encodeFile)(task, source, plan);
  return task.params.split === 'always' ? outputs.map((output) => unsplit(output, plan)) : outputs;
};

/** Many workers were asked for and one did it: why. */
function unsplit(output: Output, plan: Plan): Output {
  const reason = whyWhole(plan) ?? 'it is short, or there is no place where it can be cut exactly';
  return { ...output, facts: { ...output.facts, split: { parts: 1, reason } } };
}
