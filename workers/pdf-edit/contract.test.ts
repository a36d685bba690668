import { describe, expect, it } from 'vitest';
import { pdfEditContract, pdfEditParams } from './contract.ts';

describe('the params', () => {
  it.each(pdfEditContract.examples)('take the example: $title', ({ params }) => {
    expect(pdfEditParams.safeParse(params).success).toBe(true);
  });

  it.each([
    ['an operation nobody knows', { operations: [{ op: 'shred' }] }],
    ['a stamp of nothing', { operations: [{ op: 'stamp' }] }],
    ['a stamp of two things', { operations: [{ op: 'stamp', text: 'x', input: 'y' }] }],
    ['a split by two rules', { operations: [{ op: 'split', every: 2, ranges: ['1'] }] }],
    ['a quarter of a right angle', { operations: [{ op: 'rotate', degrees: 45 }] }],
    ['text twice', { operations: [{ op: 'text' }, { op: 'text', pages: '1' }] }],
    ['encrypting and decrypting', { decrypt: true, encrypt: { userPassword: 'x' } }],
    ['encrypting with nothing', { encrypt: {} }],
    ['a password with a line break', { password: 'a\nb' }],
    ['metadata without any', { operations: [{ op: 'metadata' }] }],
  ])('refuse %s', (_what, params) => {
    expect(pdfEditParams.safeParse(params).success).toBe(false);
  });
});
