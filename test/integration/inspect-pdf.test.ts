/** inspect on PDFs made here. Needs pdfinfo (poppler-utils); no server. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import type { MediaFacts } from '../../shared/messages/job.ts';
import { inspectParams } from '../../workers/inspect/contract.ts';
import { process as inspect } from '../../workers/inspect/process.ts';
import { deflateBomb, makePdf, writePdf } from '../support/make-pdf.ts';
import { makeTask } from '../support/make-task.ts';

async function factsOf(bytes: Uint8Array): Promise<MediaFacts | undefined> {
  const files = [{ bytes, name: 'report.pdf' }];
  const [output] = await inspect(await makeTask({ params: inspectParams.parse({}), files, name: 'facts' }));
  expect(JSON.parse(await readFile(output?.path ?? '', 'utf8'))).toEqual(output?.facts);
  return output?.facts;
}

const messageOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) =>
      error instanceof AppError && error.code === 'input_invalid' ? error.publicMessage : String(error),
  );

const page = (box: string) => `<< /Type /Page /Parent 2 0 R /MediaBox [${box}] >>`;

describe('inspect of a PDF', () => {
  it('counts its pages and tells each size with how many have it', async () => {
    const bytes = writePdf([page('0 0 595 842'), page('0 0 612 792'), page('0 0 595 842')]);
    expect(await factsOf(bytes)).toMatchObject({
      type: 'pdf',
      pages: 3,
      pageSizes: [
        { widthPt: 595, heightPt: 842, pages: 2 },
        { widthPt: 612, heightPt: 792, pages: 1 },
      ],
      encrypted: false,
      locked: false,
      tagged: false,
      version: '1.7',
    });
  });

  it('tells what the document says of itself, in any script, without letters nobody can see', async () => {
    const info = { Title: 'Größe: 報告 📈\u0000', Author: 'Ada', Subject: 'S', Keywords: 'a, b', Creator: '\u0000' };
    const facts = await factsOf(await makePdf(['one'], { info }));
    expect(facts).toMatchObject({ title: 'Größe: 報告 📈', author: 'Ada', subject: 'S', keywords: 'a, b' });
    expect(facts).not.toHaveProperty('creator');
    expect(facts?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
  });

  it('knows a protected document that everybody may read from one that needs a password', async () => {
    const open = await makePdf(['one', 'two'], { pdfVersion: '1.7', ownerPassword: 'boss' });
    expect(await factsOf(open)).toMatchObject({ pages: 2, encrypted: true, locked: false });
    const locked = await makePdf(['one'], { pdfVersion: '1.7', userPassword: 'sesame' });
    expect(await factsOf(locked)).toMatchObject({ type: 'pdf', encrypted: true, locked: true });
    expect(await factsOf(locked)).not.toHaveProperty('pages');
  });

  it('does not open what a bomb holds', async () => {
    expect(await factsOf(deflateBomb())).toMatchObject({ pages: 1, pageSizes: [{ widthPt: 200, heightPt: 200 }] });
  });

  it('says what is wrong with a broken one', async () => {
    const cut = (await makePdf(['one'])).subarray(0, 60);
    expect(await messageOf(factsOf(cut))).toMatch(/^The PDF is damaged and cannot be read\./);
    expect(await messageOf(factsOf(Buffer.alloc(0)))).toBe('“report.pdf” is empty. Send it again.');
  });
});
