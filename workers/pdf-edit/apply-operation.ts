import { InputError } from '../../shared/errors.ts';
import type { Output } from '../kind.ts';
import { readPageList } from '../media/pdf/read-page-list.ts';
import { extractImages, extractText } from './extract.ts';
import { numberPages, stampInput, stampText } from './lay-stamps.ts';
import type { Operation } from './operation-params.ts';
import { setMetadata } from './set-metadata.ts';
import { split } from './split.ts';
import { type EditTask, rewrite, type Work } from './work.ts';

interface Applied {
  readonly works: readonly Work[];
  /** What was taken out beside the document. */
  readonly taken: readonly Output[];
}

/** One operation on one document: it becomes another, or several, or gives something away. */
export async function applyOperation(task: EditTask, work: Work, operation: Operation): Promise<Applied> {
  if (operation.op === 'text') return { works: [work], taken: [await extractText(task, work, operation.pages)] };
  if (operation.op === 'images') return { works: [work], taken: await extractImages(task, work, operation.pages) };
  if (operation.op === 'split') return { works: await split(task, work, operation), taken: [] };
  return { works: [await change(task, work, operation)], taken: [] };
}

type Change = Exclude<Operation, { op: 'text' | 'images' | 'split' }>;

async function change(task: EditTask, work: Work, operation: Change): Promise<Work> {
  switch (operation.op) {
    case 'select':
      return keep(task, work, readPageList(operation.pages, work));
    case 'delete':
      return keep(task, work, others(work, readPageList(operation.pages, work)));
    case 'rotate': {
      const range = readPageList(operation.pages ?? 'all', work).join(',');
      return rewrite(task, work, { rotate: `+${operation.degrees}:${range}` });
    }
    case 'stamp':
      return 'text' in operation ? stampText(task, work, operation) : stampInput(task, work, operation);
    case 'page-numbers':
      return numberPages(task, work, operation);
    case 'flatten':
      return rewrite(task, work, { generateAppearances: '', flattenAnnotations: operation.what ?? 'all' });
    case 'metadata':
      return setMetadata(task, work, operation);
  }
}

async function keep(task: EditTask, work: Work, pages: readonly number[]): Promise<Work> {
  if (pages.length === 0) throw new InputError(`No page of “${work.name}” would be left. Check \`pages\`.`);
  const kept = await rewrite(task, work, { pages: [{ file: '.', range: pages.join(',') }] });
  return { ...kept, pages: pages.length };
}

function others({ pages }: Work, gone: readonly number[]): readonly number[] {
  const away = new Set(gone);
  return Array.from({ length: pages }, (_, index) => index + 1).filter((page) => !away.has(page));
}
