import { describe, expect, it } from 'vitest';
import { splitLetters } from './split-letters.ts';

describe('letters', () => {
  it('keep their accents, joiners and halves together wherever the text is cut', () => {
    for (const letter of ['e\u0301', '👩\u200d👩\u200d👧', '👍🏽', 'क्ष']) {
      const text = `${'a'.repeat(995)}${letter.repeat(20)}`;
      const whole = [...new Intl.Segmenter('und').segment(text)].map(({ segment }) => segment);
      expect([...splitLetters(text)]).toEqual(whole);
    }
  });

  it('take time with the length of the text, not its square', () => {
    const started = performance.now();
    expect([...splitLetters('x'.repeat(500_000))]).toHaveLength(500_000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
