import { copyFile, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, parse } from 'node:path';
import { AppError, InputError } from '../../shared/errors.ts';
import type { MediaFacts } from '../../shared/messages/job.ts';
import { catalog, kindNames } from '../catalog.ts';
import type { InputFile, Kind, Output } from '../kind.ts';
import { sniffFile } from '../runner/fetch-inputs.ts';
import { checkParams } from './check-params.ts';
import type { StepArguments } from './step-arguments.ts';

/** A file that was written, and what the kind says about it. */
export interface Written {
  readonly path: string;
  readonly facts: MediaFacts;
}

/** Runs one processor on local files: no broker, no store. @returns the files it wrote @throws AppError for people to read */
export async function runStep(
  step: StepArguments,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<readonly Written[]> {
  const kind = Object.hasOwn(catalog, step.kind) ? catalog[step.kind] : undefined;
  if (kind === undefined) throw new AppError('invalid_request', explainUse(step.kind));
  const params = checkParams(kind, step);
  const inputs = await Promise.all(step.files.map(readInput));
  checkCount(kind, inputs.length);
  const scratch = await mkdtemp(join(tmpdir(), 'mediafarm-step-'));
  const written: Written[] = [];
  const keep = async (output: Output) => {
    const target = join(step.out, output.name);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(output.path, target);
    const known = written.findIndex(({ path }) => path === target);
    const one = { path: target, facts: output.facts ?? {} };
    if (known < 0) written.push(one);
    else written[known] = one;
  };
  try {
    const name = basename(step.files[0] ?? step.kind).replace(/\.[^.]+$/, '');
    const process = await kind.load();
    const task = {
      params: params as never,
      inputs,
      scratch,
      name: `${name}-${step.kind}`,
      signal,
      progress: onProgress,
      emit: keep,
      ready: async (_rendition: string, outputs: readonly Output[]) => {
        for (const output of outputs) await keep(output);
      },
    };
    for (const output of await process(task)) await keep(output);
    return written;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function explainUse(kind: string): string {
  const kinds = `Kinds: ${kindNames.join(', ')}.`;
  if (kind !== '') return `Unknown kind "${kind}". ${kinds}`;
  return `Usage: npm run step -- <kind> FILE… --<param> VALUE [--out FOLDER]\n${kinds}`;
}

/** The first is the step's input; further ones go by their names, so `logo.png` is the watermark `{"image": "logo"}`. */
async function readInput(path: string, position: number): Promise<InputFile> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile()) throw new InputError(`There is no file "${path}".`);
  const name = basename(path);
  const reference = position === 0 ? 'input' : parse(name).name;
  return { path, bytes: facts.size, mediaType: await sniffFile(path, name), name, reference };
}

function checkCount(kind: Kind, count: number): void {
  const { min, max } = kind.contract.inputs;
  if (count >= min && count <= max) return;
  const expected = min === max ? `${min}` : `${min} to ${max}`;
  throw new AppError('invalid_request', `${kind.contract.kind} takes ${expected} file(s); ${count} given.`);
}
