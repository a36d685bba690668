import { InputError } from '../../../shared/errors.ts';

interface Document {
  readonly pages: number;
  readonly name: string;
}

/** More than any list asks for by intent; `1-9999,1-9999,…` would make a small job a huge one. */
const maxListed = 20_000;

/** The pages of a list, from 1, in its order, repeats kept. @throws InputError saying how many pages there are. */
export function readPageList(list: string, document: Document): readonly number[] {
  const numbers: number[] = [];
  for (const part of list.split(/, ?/)) {
    for (const number of readPart(part, document)) {
      numbers.push(number);
      if (numbers.length > maxListed) {
        throw new InputError(
          `The page list “${list.slice(0, 60)}” names more than ${maxListed} pages. Split the work.`,
        );
      }
    }
  }
  return numbers;
}

function readPart(part: string, document: Document): Iterable<number> {
  const { pages } = document;
  if (part === 'all') return count(1, pages);
  if (part === 'odd') return count(1, pages, 2);
  if (part === 'even') return count(2, pages, 2);
  const [, from = '', dash, to] = /^(last-\d+|last|\d+)(?:(-)(last-\d+|last|\d+)?)?$/.exec(part) ?? [];
  const first = readNumber(from, document);
  if (dash === undefined) return [first];
  return count(first, to === undefined ? pages : readNumber(to, document));
}

function* count(first: number, last: number, step = 1): Generator<number> {
  if (first > last && step === 1) for (let page = first; page >= last; page--) yield page;
  else for (let page = first; page <= last; page += step) yield page;
}

function readNumber(word: string, { pages, name }: Document): number {
  const page = word.startsWith('last') ? pages - Number(word.slice('last-'.length) || 0) : Number(word);
  if (page >= 1 && page <= pages) return page;
  throw new InputError(
    `There is no page ${word}: “${name}” has ${pages} page${pages === 1 ? '' : 's'}. Ask for 1 to ${pages}.`,
  );
}
