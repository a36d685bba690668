import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { makeTask } from '../../test/support/make-task.ts';
import { checkPdf, pdfInfo, pdfReadersMissing, pdfText, readWith } from '../../test/support/read-pdf.ts';
import { buildPdf } from './build-pdf.ts';
import { pdfContract } from './contract.ts';
import { process as runProcess } from './process.ts';

const letter = { name: 'letter.md', bytes: Buffer.from('# Dear Ada\n\nsee the figures.'), mediaType: 'text/markdown' };
const figures = {
  name: 'figures.csv',
  bytes: Buffer.from([0xff, 0, 1, ...Buffer.from('a;b\r\n1;2')]),
  mediaType: 'text/csv',
  reference: 'figures',
};
const photo = { name: 'Größe 報告.bin', bytes: Buffer.alloc(70_000, 7), reference: 'photo' };

type Files = Parameters<typeof makeTask>[0]['files'];

const taskOf = (params: object, files: Files) =>
  makeTask({ params: pdfContract.params.parse({ layout: 'document', ...params }), files });

/** Without the thread, which is the same code and costs a second each time. */
async function build(params: object, ...files: Files): Promise<string> {
  const task = await taskOf(params, files);
  const path = join(task.scratch, 'book.pdf');
  await buildPdf({ ...task, path }, task.progress);
  return path;
}

async function buildProtected(params: object, ...files: Files): Promise<string> {
  const [output] = await runProcess(await taskOf(params, files));
  expect(output?.facts).toMatchObject({ pages: 1, encrypted: true });
  return output?.path ?? '';
}

const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof AppError ? error.publicMessage : String(error)),
  );

if (pdfReadersMissing) process.stdout.write(`skipping the tests that read PDFs back: ${pdfReadersMissing}\n`);

describe.skipIf(pdfReadersMissing !== undefined)('attachments', () => {
  it('travel inside the PDF, byte for byte, with their names and what they are', async () => {
    const attachments = [
      { input: 'photo' },
      {
        input: 'figures.csv',
        name: 'Zahlen 2026.csv',
        description: 'The figures',
        relationship: 'Data',
        mime: 'text/csv',
      },
    ];
    const path = await build({ attachments }, letter, figures, photo);
    await checkPdf(path);
    expect(await readWith('pdfdetach', ['-list', path])).toMatch(
      /^2 embedded files\n1: Größe 報告.bin\n2: Zahlen 2026.csv\n/,
    );
    for (const [number, { bytes }] of [photo, figures].entries()) {
      const saved = join(path, '..', `saved-${number}`);
      await readWith('pdfdetach', ['-save', `${number + 1}`, '-o', saved, path]);
      expect((await readFile(saved)).equals(bytes)).toBe(true);
    }
    const told = await readWith('qpdf', ['--list-attachments', '--verbose', path]);
    expect(told).toContain('The figures');
    expect(told).toContain('text/csv');
    expect(await readWith('qpdf', ['--qdf', '--object-streams=disable', path, '-'])).toContain('/AFRelationship /Data');
    expect(await pdfText(path)).not.toContain('1;2');
  });

  it('may be shown too: a report that carries its data', async () => {
    const data = {
      name: 'data.json',
      bytes: Buffer.from('{"year":2026}'),
      mediaType: 'application/json',
      reference: 'data',
    };
    const template = [{ type: 'heading', text: 'Sales {{year}}' }];
    const attachments = [{ input: 'data', relationship: 'Source', shown: true }];
    const path = await build({ layout: 'report', template, attachments }, data);
    expect(await pdfText(path)).toContain('Sales 2026');
    expect(await readWith('pdfdetach', ['-list', path])).toContain('data.json');
  });

  it('that cannot be are refused with a sentence', async () => {
    expect(await messageOf(build({ attachments: [{ input: 'nothing' }] }, letter, figures))).toMatch(
      /^There is no input “nothing” in `use`/,
    );
    expect(await messageOf(build({ attachments: [{ input: 'input' }] }, letter))).toMatch(
      /^All inputs are attachments\./,
    );
    const twice = [{ input: 'figures' }, { input: 'photo', name: 'figures.csv' }];
    expect(await messageOf(build({ attachments: twice }, letter, figures, photo))).toMatch(
      /^Two attachments are called “figures.csv”/,
    );
    for (const name of ['../up.csv', 'a\\b', '.hidden', 'line\nbreak', '']) {
      const params = { layout: 'document', attachments: [{ input: 'figures', name }] };
      expect([name, pdfContract.params.safeParse(params).success]).toEqual([name, false]);
    }
  });
});

describe.skipIf(pdfReadersMissing !== undefined)('encrypt', () => {
  it('asks for the password, and keeps the attachments behind it', async () => {
    const encrypt = { userPassword: 'käse', ownerPassword: 'boss', allow: { print: 'none', extract: false } };
    const path = await buildProtected({ encrypt, attachments: [{ input: 'figures' }] }, letter, figures);
    await expect(pdfText(path)).rejects.toThrow(/Incorrect password/);
    expect(await readWith('pdftotext', ['-upw', 'käse', path, '-'])).toContain('Dear Ada');
    const told = await readWith('qpdf', ['--show-encryption', '--password=käse', path]);
    expect(told).toMatch(/R = 6[\s\S]*extract for any purpose: not allowed[\s\S]*print low resolution: not allowed/);
    expect(told).toMatch(/file encryption method: AESv3/);
    expect((await readFile(path)).includes('1;2')).toBe(false);
  });

  it('may only limit what readers let people do', async () => {
    const path = await buildProtected({ encrypt: { allow: { modify: 'none' } } }, letter);
    expect(await pdfText(path)).toContain('Dear Ada');
    expect(await pdfInfo(path)).toMatchObject({ Encrypted: expect.stringContaining('change:no') });
  });
});
