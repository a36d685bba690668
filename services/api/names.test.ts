import { describe, expect, test } from 'vitest';
import { secondsToRoom } from './admit-jobs.ts';
import { isMistyped, makeApiKey } from './api-key-format.ts';
import { contentDisposition } from './content-disposition.ts';
import { keepableName } from './file-name.ts';
import { nearestName } from './nearest-name.ts';
import { hashJson } from './request-hash.ts';

describe('the name somebody meant', () => {
  const names = ['width', 'height', 'fit', 'withoutEnlargement'];
  test.each([
    ['widht', 'width'],
    ['Width', 'width'],
    ['hieght', 'height'],
    ['withoutenlargment', 'withoutEnlargement'],
    ['colour', undefined],
    ['', undefined],
  ])('%s → %s', (given, meant) => expect(nearestName(given, names)).toBe(meant));
});

test.each([
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\me\\photo.jpg', 'photo.jpg'],
  ['a\u0000b\u202egpj.exe', 'abgpj.exe'],
  ['e\u0301te\u0301.png', 'été.png'],
  ['..', 'upload'],
  ['', 'upload'],
])('file name %j is kept as %j', (given, kept) => expect(keepableName(given)).toBe(kept));

test('a long file name keeps its extension', () => {
  const kept = keepableName(`${'x'.repeat(400)}.jpeg`);
  expect([kept.length, kept.endsWith('x.jpeg')]).toEqual([255, true]);
});

test('a key of ours is told from a mistyped one; other keys are left alone', () => {
  const key = makeApiKey();
  expect(isMistyped(key)).toBe(false);
  const wrong = key.replace(/^(mf_live_)(.)/, (_match, prefix, first) => prefix + (first === 'A' ? 'B' : 'A'));
  expect(isMistyped(wrong)).toBe(true);
  expect(isMistyped('thought-up-by-an-operator')).toBe(false);
});

test('only what runs nothing is shown in place', () => {
  expect(contentDisposition('a.webp', 'image/webp')).toMatch(/^inline/);
  for (const type of ['image/svg+xml', 'text/html', 'application/xml', 'application/octet-stream']) {
    expect(contentDisposition('a', type), type).toMatch(/^attachment/);
  }
  expect(contentDisposition('a"\r\nx.txt', 'text/plain')).not.toMatch(/[\r\n]/);
});

test('when to come back follows from backlog and rate', () => {
  expect(secondsToRoom(20_500, 20_000, 50)).toBe(50);
  expect(secondsToRoom(20_000, 20_000, 10_000)).toBe(1);
  expect(secondsToRoom(90_000, 20_000, 1)).toBe(600);
  expect(secondsToRoom(20_000, 20_000, 0)).toBe(30);
});

test('a JSON value has one hash however it is written', () => {
  expect(hashJson({ a: 1, b: [{ c: null, d: 'x' }] })).toBe(hashJson({ b: [{ d: 'x', c: null }], a: 1 }));
  expect(hashJson({ a: [1, 2] })).not.toBe(hashJson({ a: [2, 1] }));
});
