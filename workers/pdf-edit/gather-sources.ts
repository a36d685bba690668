import { InputError } from '../../shared/errors.ts';
import { findInput } from '../media/find-input.ts';
import { type OpenedPdf, openPdf } from '../media/pdf/open-pdf.ts';
import { readPageList } from '../media/pdf/read-page-list.ts';
import { type EditTask, type Work, write } from './work.ts';

interface Source extends OpenedPdf {
  /** In this order. */
  readonly chosen: readonly number[];
  readonly password: string;
}

export interface Gathered {
  readonly work: Work;
  /** Bytes of what was put together, as it was sent. */
  readonly originalBytes: number;
  /** The first protected source, whose protection the result gets unless asked otherwise. */
  readonly protection: { readonly path: string; readonly password: string } | undefined;
  /** More than a copy of one document. */
  readonly joined: boolean;
}

/** Opens what is to be put together and writes it as one document; outline and properties are those of the first. */
export async function gatherSources(task: EditTask): Promise<Gathered> {
  const wishes = task.params.sources ?? defaultSources(task);
  const sources: Source[] = [];
  let originalBytes = 0;
  for (const wish of wishes) {
    const input = findInput(task, wish.input);
    const password = wish.password ?? task.params.password ?? '';
    const pdf = await openPdf(input, { password, ...task });
    sources.push({ ...pdf, password, chosen: readPageList(wish.pages ?? 'all', pdf) });
    originalBytes += input.bytes;
  }
  const locked = sources.find(({ encrypted }) => encrypted);
  return {
    work: await join(task, sources),
    originalBytes,
    protection: locked && { path: locked.original, password: locked.password },
    joined: sources.length > 1 || task.params.sources !== undefined,
  };
}

async function join(task: EditTask, sources: readonly Source[]): Promise<Work> {
  const [first] = sources;
  if (first === undefined) throw new InputError('There is no PDF to work on: all inputs are stamps. Send one more.');
  const name = sources.length === 1 ? first.name : `${first.name} and ${sources.length - 1} more`;
  const pages = sources.map(({ path, chosen }) => ({ file: path, range: chosen.join(',') }));
  const count = sources.reduce((sum, { chosen }) => sum + chosen.length, 0);
  if (count === 0) throw new InputError(`No page of “${name}” is left. Check \`pages\`.`);
  return { path: await write(task, first, { pages }), pages: count, name, suffix: '' };
}

function defaultSources(task: EditTask): { input: string; pages?: string; password?: string }[] {
  const stamps = (task.params.operations ?? []).flatMap((operation) => ('input' in operation ? [operation.input] : []));
  const stampInputs = new Set(stamps.map((stamp) => findInput(task, stamp)));
  return task.inputs.filter((input) => !stampInputs.has(input)).map(({ reference }) => ({ input: reference }));
}
