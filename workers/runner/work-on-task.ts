import type { Bus } from '../../shared/queue/bus.ts';
import type { InputFile, Kind, Task } from '../kind.ts';
import type { Attempt } from './attempt.ts';
import { fetchInputs, type InputSources } from './fetch-inputs.ts';
import { fetchParts } from './fetch-parts.ts';
import { abandonAfterGrace } from './interruption.ts';
import { writeManifest } from './manifest.ts';
import { type Performed, perform } from './perform.ts';
import { removeParts } from './remove-parts.ts';
import { type Run, report } from './report.ts';
import { startProgress } from './report-progress.ts';
import { createScratch, type Scratch } from './scratch.ts';
import { shareInputs } from './share-inputs.ts';
import { createOutputStorer, invalidOutput, type OutputStorer } from './store-outputs.ts';

interface WorkParts extends InputSources {
  readonly bus: Pick<Bus, 'publish'>;
  readonly scratchRoot: string;
}

/** Fetch → process → store → announce, in a scratch of its own. A split ends with the parts announced instead of outputs. */
export async function workOnTask(
  parts: WorkParts,
  kind: Kind,
  run: Run,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<void> {
  await report(parts.bus, run, 'started');
  const scratch = await createScratch(parts.scratchRoot);
  const progress = startProgress(parts.bus, run);
  try {
    const { inputs, made } = await attempt.time('fetch', () => fetch(parts, kind, run, scratch, signal));
    attempt.read(inputs);
    const storer = createOutputStorer({
      store: parts.store,
      run: { ...run.task, ...run },
      scratch: scratch.work,
      signal,
    });
    const task: Task<never> = {
      params: run.task.params as never,
      inputs,
      scratch: scratch.work,
      name: run.task.part?.step ?? run.task.step,
      signal,
      progress: progress.update,
      emit: storer.store,
      ready: async (rendition, outputs) => {
        await storer.replace(outputs);
        await report(parts.bus, run, 'rendition', { rendition, outputs: [...storer.stored()] });
      },
    };
    const performed = await attempt.time('process', () =>
      abandonAfterGrace(perform(kind, run.task, task, made), signal),
    );
    signal.throwIfAborted();
    await conclude({ parts, run, attempt, storer, inputs, stopProgress: progress.stop }, performed);
  } finally {
    progress.stop();
    await scratch.remove();
  }
}

async function fetch(parts: WorkParts, kind: Kind, run: Run, scratch: Scratch, signal: AbortSignal) {
  const { task } = run;
  const options = { folder: scratch.inputs, maxBytes: kind.contract.limits.maxInputBytes, signal };
  if (task.phase === 'join') {
    const made = await fetchParts(parts.store, task.join?.parts ?? [], options);
    return { inputs: [] as readonly InputFile[], made };
  }
  return { inputs: await fetchInputs(parts, task.inputs, { ...options, reads: task.part?.plan.reads }), made: [] };
}

interface Conclusion {
  readonly parts: WorkParts;
  readonly run: Run;
  readonly attempt: Attempt;
  readonly storer: OutputStorer;
  readonly inputs: readonly InputFile[];
  stopProgress(): void;
}

async function conclude(conclusion: Conclusion, performed: Performed): Promise<void> {
  const { parts, run, attempt, storer, stopProgress } = conclusion;
  if ('plan' in performed) {
    const inputs = await shareInputs(parts.store, run, conclusion.inputs);
    stopProgress();
    const slots = run.task.slots?.total ?? 0;
    return await report(parts.bus, run, 'split', {
      split: { plan: performed.plan, inputs, slots },
      inputs: attempt.inputFacts(),
    });
  }
  await attempt.time('store', () => storer.storeAll(performed.outputs));
  if (storer.stored().length === 0) throw invalidOutput('The step produced no output.');
  attempt.wrote(storer.stored());
  const manifestKey = await writeManifest(parts.store, { ...run.task, ...run }, storer.stored());
  stopProgress();
  const outputs = [...storer.stored()];
  await report(parts.bus, run, 'succeeded', { outputs, manifestKey, inputs: attempt.inputFacts() });
  if (run.task.phase === 'join') await removeParts(parts.store, run.task);
}
