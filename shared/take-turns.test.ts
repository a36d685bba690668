import { expect, it } from 'vitest';
import { createTurns } from './take-turns.ts';

/** Work that ends when it is told to, and notes when it begins. */
function createWork(begun: string[]) {
  const ends = new Map<string, { resolve(): void; reject(error: Error): void }>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve, reject) => ends.set(name, { resolve: () => resolve(name), reject }));
  };
  return { work, end: (name: string) => ends.get(name) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('does what has the same key in the order it came, and what has another meanwhile', async () => {
  const begun: string[] = [];
  const { work, end } = createWork(begun);
  const inTurn = createTurns();
  const results = [inTurn('one', work('a')), inTurn('one', work('b')), inTurn('two', work('c'))];
  await settled();
  expect(begun).toEqual(['a', 'c']);
  end('a')?.resolve();
  await settled();
  expect(begun).toEqual(['a', 'c', 'b']);
  end('b')?.resolve();
  end('c')?.resolve();
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c']);
});

it('goes on after work that failed, and tells only who gave it', async () => {
  const begun: string[] = [];
  const { work, end } = createWork(begun);
  const inTurn = createTurns();
  const first = inTurn('one', work('a'));
  const second = inTurn('one', work('b'));
  await settled();
  end('a')?.reject(new Error('the ledger is on fire'));
  await expect(first).rejects.toThrow('the ledger is on fire');
  await settled();
  end('b')?.resolve();
  expect(await second).toBe('b');
});
