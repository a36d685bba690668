import { expect, it } from 'vitest';
import { makeStorable } from './make-storable.ts';

it('takes NUL and halves of characters out of all text, and leaves the rest as it is', () => {
  const report = {
    what: 'succeeded',
    fraction: 1,
    outputs: [{ title: 'a\u0000b', 'k\u0000': ['\ud83d!', '👍', null] }],
  };
  expect(makeStorable(report)).toEqual({
    what: 'succeeded',
    fraction: 1,
    outputs: [{ title: 'ab', k: ['\ufffd!', '👍', null] }],
  });
});
