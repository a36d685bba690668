import type { StoredOutput } from '../messages/stored-output.ts';
import type { TaskInput } from '../messages/task.ts';
import type { ResolvedInput } from './new-job.ts';

/** What one entry of a step's `uses` points to: an input of the job, all outputs of a step, or one output (whose name may hold slashes). */
export type Reference = { readonly input: string } | { readonly step: string; readonly output: string | undefined };

export function parseReference(reference: string, inputs: Readonly<Record<string, unknown>>): Reference {
  if (Object.hasOwn(inputs, reference)) return { input: reference };
  const slash = reference.indexOf('/');
  if (slash === -1) return { step: reference, output: undefined };
  return { step: reference.slice(0, slash), output: reference.slice(slash + 1) };
}

/** The names of the steps that `uses` waits for. */
export function stepsUsed(uses: readonly string[], inputs: Readonly<Record<string, unknown>>): readonly string[] {
  return uses.map((reference) => parseReference(reference, inputs)).flatMap((use) => ('step' in use ? [use.step] : []));
}

interface Sources {
  readonly inputs: Readonly<Record<string, ResolvedInput>>;
  readonly outputsOf: (step: string) => readonly StoredOutput[];
}

/** The inputs of a task, in the order of `uses`; every step it uses has succeeded. */
export function resolveInputs(uses: readonly string[], sources: Sources): readonly TaskInput[] {
  return uses.flatMap((reference) => {
    const use = parseReference(reference, sources.inputs);
    if ('input' in use) return inputOf(reference, sources.inputs);
    return sources
      .outputsOf(use.step)
      .filter((output) => use.output === undefined || output.name === use.output)
      .map((output) => fromOutput(use.step, output));
  });
}

function inputOf(reference: string, inputs: Sources['inputs']): readonly TaskInput[] {
  const input = inputs[reference];
  return input === undefined ? [] : [{ reference, ...input }];
}

function fromOutput(step: string, output: StoredOutput): TaskInput {
  const { key, name, bytes, mediaType, sha256 } = output;
  return { reference: `${step}/${name}`, name, source: { key }, bytes, mediaType, sha256 };
}
