import { expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import type { Kind } from '../kind.ts';
import { checkParams } from './check-params.ts';
import { readStepArguments } from './step-arguments.ts';

const check = (...argv: string[]) => {
  const step = readStepArguments(argv);
  return checkParams(catalog[step.kind] as Kind, step);
};

it('takes a number as text where the kind takes text', () => {
  expect(check('pdf-pages', 'f.pdf', '--pages', '1', '--password', '007', '--width', '320')).toMatchObject({
    pages: '1',
    password: '007',
    width: 320,
  });
  expect(check('pdf-edit', 'f.pdf', '--encrypt.userPassword', '1.50', '--password', 'true')).toMatchObject({
    encrypt: { userPassword: '1.50' },
    password: 'true',
  });
  expect(check('pdf', 'f.md', '--layout', 'document', '--title', '2026')).toMatchObject({ title: '2026' });
});

it('keeps what the kind takes as it is', () => {
  expect(check('pdf-pages', 'f.pdf', '--text', 'true')).toMatchObject({ text: true });
  expect(check('pdf', 'f.md', '--layout', 'document', '--contents', '2')).toMatchObject({ contents: 2 });
});

it('names what is wrong in the words for what was typed', () => {
  expect(() => check('pdf-pages', 'f.pdf', '--quality', '900', '--pages', '1')).toThrow(
    /params of pdf-pages are wrong:\n {2}--quality: Too big: expected number to be <=100$/,
  );
  expect(() => check('pdf-pages', 'f.pdf', '--page', '1')).toThrow(/--page: unknown; docs\/kinds\/pdf-pages\.md/);
});
