import { copyFile, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { AppError, InputError } from '../../shared/errors.ts';
import { catalog, kindNames } from '../catalog.ts';
import type { InputFile, Kind, Output } from '../kind.ts';
import { sniffFile } from '../runner/fetch-inputs.ts';
import type { StepArguments } from './step-arguments.ts';

/** Runs one processor on local files: no broker, no store. @returns the files it wrote @throws AppError for people to read */
export async function runStep(
  step: StepArguments,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<readonly string[]> {
  const kind = Object.hasOwn(catalog, step.kind) ? catalog[step.kind] : undefined;
  if (kind === undefined) throw new AppError('invalid_request', explainUse(step.kind));
  const params = checkParams(kind, step);
  const inputs = await Promise.all(step.files.map(readInput));
  checkCount(kind, inputs.length);
  const scratch = await mkdtemp(join(tmpdir(), 'mediafarm-step-'));
  const written: string[] = [];
  const keep = async (output: Output) => {
    const target = join(step.out, output.name);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(output.path, target);
    written.push(target);
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

function checkParams(kind: Kind, step: StepArguments): unknown {
  const parsed = kind.contract.params.safeParse(step.params);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(
          (key) => `  --${[...issue.path, key].join('.')}: unknown; docs/kinds/${step.kind}.md has them all`,
        )
      : `  --${issue.path.join('.')}: ${issue.message}`,
  );
  throw new AppError('invalid_request', `Some params of ${step.kind} are wrong:\n${faults.join('\n')}`);
}

async function readInput(path: string, position: number): Promise<InputFile> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile()) throw new InputError(`There is no file "${path}".`);
  const name = basename(path);
  const reference = position === 0 ? 'input' : `input${position + 1}`;
  return { path, bytes: facts.size, mediaType: await sniffFile(path, name), name, reference };
}

function checkCount(kind: Kind, count: number): void {
  const { min, max } = kind.contract.inputs;
  if (count >= min && count <= max) return;
  const expected = min === max ? `${min}` : `${min} to ${max}`;
  throw new AppError('invalid_request', `${kind.contract.kind} takes ${expected} file(s); ${count} given.`);
}
