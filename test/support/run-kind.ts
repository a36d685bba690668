/** Runs one kind on files without a farm, by its entry in the catalog: params checked by its contract, a task of its own. */
import { basename } from 'node:path';
import { catalog } from '../../workers/catalog.ts';
import type { Output, Process } from '../../workers/kind.ts';
import { makeTask, type TaskFile } from './make-task.ts';
import { probe } from './render-clip.ts';

/** A path goes by its own name. */
export type GivenFile = string | TaskFile;

interface Ran {
  readonly task: Awaited<ReturnType<typeof makeTask<unknown>>>;
  readonly outputs: readonly Output[];
  /** The first of them. */
  readonly output: Output;
}

export async function runKind(kind: string, params: object, ...files: readonly GivenFile[]): Promise<Ran> {
  const known = catalog[kind];
  if (known === undefined) throw new Error(`no kind "${kind}"`);
  const given = files.map((file) => (typeof file === 'string' ? { path: file, name: basename(file) } : file));
  const task = await makeTask<unknown>({ params: known.contract.params.parse(params), files: given, name: 'made' });
  const outputs = await ((await known.load()) as unknown as Process<unknown>)(task);
  const [output] = outputs;
  if (output === undefined) throw new Error(`${kind} made nothing`);
  return { task, outputs, output };
}

/** transcode, and what ffprobe sees in its first file. */
export async function runTranscode(params: object, ...files: readonly GivenFile[]) {
  const ran = await runKind('transcode', params, ...files);
  const { path, facts = {} } = ran.output;
  return { ...ran, path, facts, seen: await probe(path) };
}
