import { describe, expect, it } from 'vitest';
import { createPeakCollector } from './collect-peaks.ts';

const samples = (count: number, at: (index: number) => number) => {
  const buffer = Buffer.alloc(count * 2);
  for (let index = 0; index < count; index++) buffer.writeInt16LE(at(index), index * 2);
  return buffer;
};

describe('createPeakCollector', () => {
  it('gives the same for any chunks, also ones that cut a sample in two', () => {
    const sound = samples(1000, (index) => (index % 2 === 0 ? index * 30 : -index * 15));
    const [whole, pieces] = [createPeakCollector(), createPeakCollector()];
    whole.take(sound);
    for (let at = 0; at < sound.length; at += 7) pieces.take(sound.subarray(at, at + 7));
    expect(pieces.finish(10)).toEqual(whole.finish(10));
    expect(pieces.total()).toBe(1000);
  });

  it('keeps a lone peak however long the sound is', () => {
    const collector = createPeakCollector();
    const quiet = samples(64 * 1024, () => 0);
    for (let round = 0; round < 100; round++) collector.take(quiet);
    collector.take(samples(1, () => 32_767));
    for (let round = 0; round < 100; round++) collector.take(quiet);
    const { data, samplesPerPoint } = collector.finish(100);
    expect(Math.max(...data)).toBe(127);
    expect(data.length).toBeLessThanOrEqual(200);
    expect((data.length / 2) * samplesPerPoint).toBeGreaterThanOrEqual(collector.total());
  });
});
