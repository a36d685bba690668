import { describe, expect, it } from 'vitest';
import { inStages, type Reporter } from './stages.ts';

function watched(forecasts: readonly number[]) {
  const told: number[] = [];
  const task: Reporter = { progress: (fraction) => void told.push(fraction) };
  const stages = inStages(task, forecasts);
  return { stages, told, last: () => told.at(-1) ?? 0 };
}

describe('inStages', () => {
  it('goes by the forecasts while nothing else is known', () => {
    const { stages, last } = watched([1, 3]);
    stages.at(0).progress(0.5);
    expect(last()).toBeCloseTo(0.125);
    stages.at(1).progress(0.5);
    expect(last()).toBeCloseTo(0.625);
  });

  it('puts a wrong forecast right by what the stages really took', () => {
    const { stages, last } = watched([1, 1]);
    stages.at(0).progress(0.5, 1);
    expect(last()).toBeCloseTo(0.25);
    stages.at(0).progress(1, 2);
    // The second takes three times as long as the first: 2 of 8 s are over, though a half was told.
    stages.at(1).progress(0.5, 3);
    expect(last()).toBeCloseTo(5 / 8);
    stages.at(1).progress(0.9, 5.4);
    expect(Math.abs(last() - 7.4 / 8)).toBeLessThan(0.01);
  });

  it('never goes back, and tells the whole CPU', () => {
    const told: (readonly [number, number | undefined])[] = [];
    const task: Reporter = { progress: (share, cpu) => void told.push([share, cpu]) };
    const stages = inStages(task, [1, 1]);
    stages.at(0).progress(1, 1);
    stages.at(1).progress(0.1, 1);
    stages.at(1).progress(0.2, 9);
    const shares = told.map(([share]) => share);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(told.at(-1)?.[1]).toBe(10);
  });

  it('takes a better forecast, and work in stages of its own', () => {
    const { stages, last } = watched([1, 1]);
    stages.expect(1, 3);
    const inner = inStages(stages.at(0), [1, 1]);
    inner.at(0).progress(1);
    expect(last()).toBeCloseTo(0.125);
    inner.at(1).progress(1);
    expect(last()).toBeCloseTo(0.25);
  });
});
