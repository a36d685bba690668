import { describe, expect, it } from 'vitest';
import { readEdges } from './settle-silence.ts';

function heard(...printed: readonly string[]) {
  const edges = readEdges();
  for (const text of printed) edges.take(Buffer.from(text));
  return edges.between();
}

describe('readEdges', () => {
  it('finds the silence at both ends, in chunks of any size', () => {
    const printed = ['frame:0 pts:0\nlavfi.silence_st', 'art=0\nlavfi.silence_end=3.5\n', 'lavfi.silence_start=9.25\n'];
    expect(heard(...printed)).toEqual({ begin: 3.5, end: 9.25 });
  });

  it('leaves a silence in the middle', () => {
    expect(heard('lavfi.silence_start=2\nlavfi.silence_end=3.5\n')).toEqual({ begin: 0, end: undefined });
  });

  it('reads the time of the second sample, which has an exponent', () => {
    expect(heard('lavfi.silence_start=2.1e-05\nlavfi.silence_end=3.5\n')).toEqual({ begin: 3.5, end: undefined });
  });

  it('knows silence from end to end', () => {
    expect(heard('lavfi.silence_start=-1.2e-05\n')).toBeUndefined();
  });
});
