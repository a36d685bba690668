import { InputError } from '../../shared/errors.ts';
import type { Output, Process, Task } from '../kind.ts';
import { openSource, type Source } from '../media/open-source.ts';
import { encodeFile } from './encode-file.ts';
import { encodeLadder } from './encode-ladder.ts';
import type { TranscodeParams } from './params.ts';
import { isStreaming, type Plan } from './plan.ts';
import { planTranscode } from './plan-transcode.ts';
import { settleCrop } from './settle-crop.ts';
import { whyWhole } from './split/why-whole.ts';

/** Sniff and probe → plan → encode → probe the result. */
export const process: Process<TranscodeParams> = async (task) => {
  const [input] = task.inputs;
  if (input === undefined) throw new TypeError('the contract asks for one input');
  refuseIdlePicture(task);
  const source = await openSource(input, task.signal);
  const params = await settleCrop(task.params, source, task.signal, () => task.progress(0.01));
  const plan = planTranscode(params, source);
  const outputs = await (isStreaming(plan.container) ? encodeLadder : encodeFile)(task, source, plan);
  return task.params.split === 'always' ? outputs.map((output) => unsplit(output, plan, source)) : outputs;
};

/** A second input that nothing was said of would be left out without a word. */
function refuseIdlePicture({ inputs, params }: Task<TranscodeParams>): void {
  const [, picture] = inputs;
  const marked = params.watermark !== undefined && params.watermark.text === undefined;
  const covered = typeof params.audio === 'object' && params.audio.cover === true;
  if (picture === undefined || marked || covered) return;
  throw new InputError(
    `Nothing was asked of "${picture.name}", the second input: say watermark or audio.cover, or leave it out.`,
  );
}

/** Many workers were asked for and one did it: why. */
function unsplit(output: Output, plan: Plan, source: Source): Output {
  const reason = whyWhole(plan, source) ?? 'it is short, or there is no place where it can be cut exactly';
  return { ...output, facts: { ...output.facts, split: { parts: 1, reason } } };
}
