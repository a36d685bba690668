import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sideBySide } from './side-by-side.ts';

const never = new AbortController().signal;

test('gives the results in the order of the items, whoever ends first', async () => {
  const turns = [3, 0, 2, 1, 0, 0];
  const results = await sideBySide(turns, never, async (count, index) => {
    for (let left = count; left > 0; left--) await turn();
    return index;
  });
  expect(results).toEqual([0, 1, 2, 3, 4, 5]);
});

test('the first that fails stops the others, and is thrown once they have ended', async () => {
  const ended: string[] = [];
  const work = async (name: string, _: number, signal: AbortSignal) => {
    if (name === 'broken') await turn().then(() => Promise.reject(new Error('this one')));
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await turn();
    ended.push(name);
    throw new Error('stopped');
  };
  await expect(sideBySide(['a', 'b', 'broken', 'c', 'never begun'], never, work)).rejects.toThrow('this one');
  expect(ended.sort()).toEqual(['a', 'b', 'c']);
});

test('an abort from outside is thrown as its reason', async () => {
  const outside = new AbortController();
  const work = (_: string, __: number, signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('other'))));
  const waiting = sideBySide(['a', 'b'], outside.signal, work);
  await turn();
  outside.abort(new Error('cancelled'));
  await expect(waiting).rejects.toThrow('cancelled');
});
