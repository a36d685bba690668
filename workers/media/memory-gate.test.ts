import { describe, expect, it } from 'vitest';
import { createMemoryGate } from './memory-gate.ts';

const never = new AbortController().signal;

/** Steps that end when told to, and who is inside. */
function steps(budget: number) {
  const gate = createMemoryGate(budget);
  const inside = new Set<string>();
  const ends = new Map<string, () => void>();
  const start = (name: string, bytes: number, signal = never) =>
    gate.hold(bytes, signal, async () => {
      inside.add(name);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      inside.delete(name);
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    await settled();
  };
  return { start, end, now: async () => settled().then(() => [...inside]) };
}

/** All callbacks that are due have run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('memory gate', () => {
  it('lets small steps run side by side and large ones one after the other', async () => {
    const { start, end, now } = steps(100);
    start('small', 10);
    start('other', 10);
    start('large', 90);
    expect(await now()).toEqual(['small', 'other']);
    await end('small');
    expect(await now()).toEqual(['other', 'large']);
    start('larger', 95);
    await end('other');
    expect(await now()).toEqual(['large']);
    await end('large');
    expect(await now()).toEqual(['larger']);
  });

  it('runs alone what is larger than everything', async () => {
    const { start, end, now } = steps(100);
    start('small', 10);
    start('huge', 500);
    start('late', 10);
    expect(await now()).toEqual(['small']);
    await end('small');
    expect(await now()).toEqual(['huge']);
    await end('huge');
    expect(await now()).toEqual(['late']);
  });

  it('lets no small step pass a large one that waits', async () => {
    const { start, end, now } = steps(100);
    start('first', 60);
    start('large', 80);
    start('small', 10);
    expect(await now()).toEqual(['first']);
    await end('first');
    expect(await now()).toEqual(['large', 'small']);
  });

  it('forgets what was cancelled while it waited', async () => {
    const { start, end, now } = steps(100);
    const cancel = new AbortController();
    start('first', 60);
    const large = start('large', 80, cancel.signal);
    start('small', 10);
    cancel.abort(new Error('cancelled'));
    await expect(large).rejects.toThrow('cancelled');
    expect(await now()).toEqual(['first', 'small']);
    await end('first');
    expect(await now()).toEqual(['small']);
  });

  it('is free again after a failure', async () => {
    const gate = createMemoryGate(100);
    await expect(gate.hold(90, never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await gate.hold(90, never, async () => 'done')).toBe('done');
  });
});
