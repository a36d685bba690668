import { expect, it } from 'vitest';
import { refuseTruncated } from './verify-output.ts';

const expected = { seconds: 60, inputName: 'clip.mov', log: 'stream 0, offset 0x2110a: partial file' };

it('says where a cut-off file ends', () => {
  expect(() => refuseTruncated(expected, 12)).toThrow('"clip.mov" ends after 12.0 s of 60.0 s');
});

it('lets a file pass that lies about its length but is whole, or lacks less than one part in fifty', () => {
  refuseTruncated({ ...expected, log: '' }, 12);
  refuseTruncated(expected, 59);
});
