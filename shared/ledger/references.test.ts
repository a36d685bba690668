import { expect, it } from 'vitest';
import { parseReference, resolveInputs, stepsUsed } from './references.ts';

const inputs = {
  input: { source: { url: 'https://example.com/a.jpg' }, name: 'a.jpg', bytes: null, mediaType: null, sha256: null },
};
const output = (name: string) => ({ name, key: `outputs/${name}`, mediaType: 'video/mp4', bytes: 1, sha256: 's' });
const outputsOf = (step: string) => (step === 'movie' ? [output('movie.mp4'), output('720p/seg 1.m4s')] : []);

it('tells inputs, steps and outputs with slashes apart', () => {
  expect(parseReference('input', inputs)).toEqual({ input: 'input' });
  expect(parseReference('movie', inputs)).toEqual({ step: 'movie', output: undefined });
  expect(parseReference('movie/720p/seg 1.m4s', inputs)).toEqual({ step: 'movie', output: '720p/seg 1.m4s' });
  expect(stepsUsed(['input', 'movie', 'movie/x'], inputs)).toEqual(['movie', 'movie']);
});

it('resolves to what a worker can fetch, in the order of use', () => {
  const resolved = resolveInputs(['movie/720p/seg 1.m4s', 'input', 'movie'], { inputs, outputsOf });
  expect(resolved.map(({ reference, source }) => [reference, source])).toEqual([
    ['movie/720p/seg 1.m4s', { key: 'outputs/720p/seg 1.m4s' }],
    ['input', { url: 'https://example.com/a.jpg' }],
    ['movie/movie.mp4', { key: 'outputs/movie.mp4' }],
    ['movie/720p/seg 1.m4s', { key: 'outputs/720p/seg 1.m4s' }],
  ]);
});

it('takes nothing from the prototype for an input', () => {
  expect(parseReference('constructor', inputs)).toEqual({ step: 'constructor', output: undefined });
});
