import { InputError } from '../../shared/errors.ts';
import type { Task } from '../kind.ts';
import { readLight } from '../media/hdr-light.ts';
import { onlyInput } from '../media/only-input.ts';
import { openSource, type Source } from '../media/open-source.ts';
import { refuseCutOff } from '../media/verify-output.ts';
import type { TranscodeParams } from './params.ts';
import type { Plan } from './plan.ts';
import { planTranscode } from './plan-transcode.ts';
import { settleCrop } from './settle-crop.ts';
import { settleSilence } from './settle-silence.ts';

export interface PlannedTask {
  readonly source: Source;
  readonly plan: Plan;
}

type Wish = Pick<Task<TranscodeParams>, 'params' | 'inputs' | 'signal'>;

/** By the inputs of a task, as long as it is worked on. */
const plans = new WeakMap<
  Wish['inputs'],
  { readonly params: TranscodeParams; readonly planned: Promise<PlannedTask> }
>();

/**
 * Sniffs and probes the input and plans what to do with it. Who asks whether a step can be split asks before the one who then makes
 * it whole, and the file is probed once for both. @throws InputError
 */
export async function planTask(task: Wish): Promise<PlannedTask> {
  const known = plans.get(task.inputs);
  if (known?.params === task.params) return known.planned;
  const planned = planInputs(task);
  plans.set(task.inputs, { params: task.params, planned });
  return planned;
}

async function planInputs(task: Wish): Promise<PlannedTask> {
  refuseIdlePicture(task);
  const source = await openSource(onlyInput(task), task.signal);
  refuseCutOff(source, task.params.clip?.end);
  return { source, plan: await withLight(planTranscode(await settle(task, source), source), source, task.signal) };
}

/** Of HDR that is kept; a copy brings it along. */
async function withLight(plan: Plan, source: Source, signal: AbortSignal): Promise<Plan> {
  const { video } = plan;
  if (video === undefined || video.copy || !video.keepHdr) return plan;
  const light = await readLight(source, signal);
  return { ...plan, video: { ...video, encoding: { ...video.encoding, light } } };
}

/** What has to be looked at, or listened to, before it can be planned. */
async function settle({ params, signal }: Pick<Task<TranscodeParams>, 'params' | 'signal'>, source: Source) {
  return settleSilence(await settleCrop(params, source, signal), source, signal);
}

/** A second input that nothing was said of would be left out without a word. */
function refuseIdlePicture({ inputs, params }: Wish): void {
  const [, picture] = inputs;
  const marked = params.watermark !== undefined && params.watermark.text === undefined;
  const covered = typeof params.audio === 'object' && params.audio.cover === true;
  if (picture === undefined || marked || covered) return;
  throw new InputError(
    `Nothing was asked of "${picture.name}", the second input: say watermark or audio.cover, or leave it out.`,
  );
}
