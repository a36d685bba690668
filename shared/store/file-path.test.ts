import { expect, test } from 'vitest';
import { fromPathPiece, toPathPieces } from './file-path.ts';

test.each([
  ['uploads/acme/up_01AB', ['uploads', 'acme', 'up_01+a+b=']],
  ['../../etc/passwd', ['%2e%2e', '%2e%2e', 'etc', 'passwd=']],
  ['/', ['%', '%=']],
  ['a/./b.', ['a', '%2e', 'b.=']],
  ['Größe\\:x', ['+gr%c3%b6%c3%9fe%5c%3ax=']],
])('%s lies at %j', (key, pieces) => {
  expect(toPathPieces(key)).toEqual(pieces);
});

test.each([
  'a',
  'a/b',
  'A/%/=/~',
  '',
  '/',
  'x//y/',
  '日本語/🎬.mp4',
  `${'é'.repeat(300)}/${'K'.repeat(500)}`,
  'a+b=c~d',
])('%s is read back from its path', (key) => {
  const pieces = toPathPieces(key);
  expect(pieces.map((piece) => fromPathPiece(piece).text).join('')).toBe(key);
  expect(pieces.map((piece) => fromPathPiece(piece).isObject)).toEqual(pieces.map((_, at) => at === pieces.length - 1));
  expect(pieces.every((piece) => piece.length < 220 && piece === piece.toLowerCase())).toBe(true);
});

test('a key and a folder of the same name, and keys that differ in case, lie apart', () => {
  const places = ['a', 'a/b', 'A', 'a=', 'a~'].map((key) => toPathPieces(key)[0]);
  expect(new Set(places).size).toBe(5);
});
