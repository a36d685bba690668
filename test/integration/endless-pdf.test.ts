/** PDFs that refer to themselves, lie about their length or are locked: every kind ends, with a result or a sentence. No server. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { catalog } from '../../workers/catalog.ts';
import type { Output } from '../../workers/kind.ts';
import { makePdf, writePdf } from '../support/make-pdf.ts';
import { makeTask } from '../support/make-task.ts';

const page = '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>';
const plain = () => writePdf([page], [{ dictionary: '', stream: Buffer.from('0 0 m 9 9 l S') }]).toString('latin1');
const changed = (from: string | RegExp, to: string) => Buffer.from(plain().replace(from, to), 'latin1');

const endless: readonly (readonly [string, () => Buffer | Promise<Buffer>])[] = [
  ['a tree of pages that holds itself', () => changed('/Kids [3 0 R]', '/Kids [2 0 R 3 0 R 2 0 R]')],
  ['a page that is its own parent', () => changed('/Parent 2 0 R', '/Parent 3 0 R')],
  [
    'an index before itself',
    () => changed('trailer <<', 'xref\n0 1\n0000000000 65535 f \ntrailer << /Prev 0 /Size 5 '),
  ],
  ['a stream as long as it says itself', () => changed(/\/Length \d+/, '/Length 4 0 R')],
  ['a stream of nine thousand million bytes', () => changed(/\/Length \d+/, '/Length 9000000000')],
  ['a count of pages beyond all measure', () => changed('/Count 1', '/Count 2147483647')],
  [
    'a form that draws itself',
    () => {
      const itself = '/Resources << /XObject << /X 4 0 R >> >>';
      const form = `/Type /XObject /Subtype /Form /BBox [0 0 200 200] ${itself}`;
      return writePdf([page.replace('>>', `${itself} >>`)], [{ dictionary: form, stream: Buffer.from('/X Do /X Do') }]);
    },
  ],
  [
    'an outline whose entries follow themselves',
    () => changed('/Pages 2 0 R', '/Outlines 1 0 R /First 1 0 R /Next 1 0 R /Pages 2 0 R'),
  ],
  [
    'no end',
    () => Buffer.concat([Buffer.from(plain().slice(0, 120), 'latin1'), Buffer.alloc(30_000_000, '1 0 obj << ')]),
  ],
  ['a password', () => makePdf(['one'], { pdfVersion: '1.7', userPassword: 'geheim' })],
];

const steps: readonly (readonly [string, object])[] = [
  ['pdf-pages', { width: 100, text: true }],
  ['pdf-edit', { operations: [{ op: 'flatten' }, { op: 'page-numbers' }, { op: 'text' }], optimise: true }],
  ['inspect', {}],
];

/** The outputs, or what the sender is told. */
async function end(kind: string, params: object, bytes: Buffer): Promise<number | string> {
  const { contract, load } = catalog[kind] ?? {};
  const task = await makeTask({ params: contract?.params.parse(params) as never, files: [{ bytes, name: 'x.pdf' }] });
  const process = (await load?.()) as unknown as (given: typeof task) => Promise<readonly Output[]>;
  return await process(task).then(
    (outputs) => outputs.length,
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'input_invalid') return error.publicMessage;
      throw error;
    },
  );
}

describe.each(endless)('a PDF with %s', (what, make) => {
  it.each(steps)('ends in %s', async (kind, params) => {
    const ended = await end(kind, params, await make());
    if (typeof ended === 'number') expect(ended).toBeGreaterThan(0);
    else expect(ended).toMatch(/damaged|no pages|password|more time or memory|is not one|cannot be/);
    if (what === 'a password' && kind !== 'inspect') expect(ended).toMatch(/needs a password: send it as `password`/);
    if (what === 'no end') expect(ended).toMatch(/damaged|no pages|more time or memory|too long/);
  });
});
