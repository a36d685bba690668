import { InputError } from '../../shared/errors.ts';
import type { Output, Process } from '../kind.ts';
import { applyOperation } from './apply-operation.ts';
import type { PdfEditParams } from './contract.ts';
import { finish } from './finish.ts';
import { type Gathered, gatherSources } from './gather-sources.ts';
import type { EditTask, Work } from './work.ts';

/** Put together → operate, one thing after the other → finish each document. */
export const process: Process<PdfEditParams> = async (task) => {
  const operations = task.params.operations ?? [];
  const gathered = await gatherSources(task);
  const taken: Output[] = [];
  let works: readonly Work[] = [gathered.work];
  for (const [index, operation] of operations.entries()) {
    const next: Work[] = [];
    for (const work of works) {
      const applied = await applyOperation(task, work, operation);
      next.push(...applied.works);
      taken.push(...applied.taken);
    }
    works = next;
    task.progress((index + 1) / (operations.length + 1));
  }
  const documents = isChanged(task, gathered) ? await finishAll(task, works, gathered) : [];
  if (documents.length + taken.length === 0) throw new InputError(`“${gathered.work.name}” holds no pictures.`);
  return [...documents, ...taken];
};

async function finishAll(task: EditTask, works: readonly Work[], gathered: Gathered): Promise<readonly Output[]> {
  const outputs: Output[] = [];
  for (const work of works) outputs.push(await finish(task, work, gathered));
  return outputs;
}

/** Who asks only for what is in a document has it already. */
function isChanged({ params }: EditTask, { joined }: Gathered): boolean {
  const { operations = [], decrypt, encrypt, optimise, linearise } = params;
  const onlyTaken = operations.length > 0 && operations.every(({ op }) => op === 'text' || op === 'images');
  return !onlyTaken || joined || Boolean(decrypt || encrypt || optimise || linearise);
}
