import { expect, test } from 'vitest';
import { Window } from './window.ts';

test('lets no more in than its size, the others in order as places come free', async () => {
  const window = new Window(2);
  const inside: number[] = [];
  const entering = [1, 2, 3, 4].map((who) => window.enter().then(() => inside.push(who)));
  await Promise.all(entering.slice(0, 2));
  expect(inside).toEqual([1, 2]);
  window.leave();
  await entering[2];
  window.leave();
  await entering[3];
  expect(inside).toEqual([1, 2, 3, 4]);
});

test('sends away who waits, and admits again after', async () => {
  const window = new Window(1);
  await window.enter();
  const waiting = window.enter();
  window.refuseWaiting(new Error('stalled'));
  await expect(waiting).rejects.toThrow('stalled');
  window.leave();
  await expect(window.enter()).resolves.toBeUndefined();
});
