/** What pdf-edit makes of a PDF/A: it goes on claiming to be one only where a validator agrees. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildPdf } from '../../workers/pdf/build-pdf.ts';
import { pdfContract } from '../../workers/pdf/contract.ts';
import { pdfEditParams } from '../../workers/pdf-edit/contract.ts';
import { process as pdfEdit } from '../../workers/pdf-edit/process.ts';
import { makePdf } from '../support/make-pdf.ts';
import { makeTask } from '../support/make-task.ts';
import { faultsOfArchive, preflightMissing } from '../support/preflight.ts';
import { checkPdf, pdfInfo, readWith } from '../support/read-pdf.ts';

if (preflightMissing) process.stdout.write(`skipping the validation of PDF/A: ${preflightMissing}\n`);

async function archive(): Promise<Buffer> {
  const source = '# One\n\n[There](#two)\n\n<!-- pagebreak -->\n\n# Two\n\n<!-- pagebreak -->\n\n# Three';
  const params = pdfContract.params.parse({
    layout: 'document',
    contents: true,
    conformance: 'PDF/A-1b',
    title: 'A & B',
  });
  const task = await makeTask({
    params,
    files: [{ name: 'a.md', bytes: Buffer.from(source), mediaType: 'text/markdown' }],
  });
  const path = join(task.scratch, 'a.pdf');
  await buildPdf({ params, inputs: task.inputs, path }, () => {});
  return readFile(path);
}

async function edit(params: object, others: readonly Uint8Array[] = []): Promise<string> {
  const files = [await archive(), ...others].map((bytes, index) => ({ bytes, name: `${index}.pdf` }));
  const [first] = await pdfEdit(await makeTask({ params: pdfEditParams.parse(params), files, name: 'out' }));
  return first?.path ?? '';
}

const packetOf = (path: string) => readWith('pdfinfo', ['-meta', path]);

describe('the claim to be PDF/A', () => {
  it.each([
    ['turned', { operations: [{ op: 'rotate', degrees: 90 }] }],
    ['linearised', { linearise: true }],
    ['looked into', { linearise: true, operations: [{ op: 'text' }] }],
  ])('stays when the pages are %s', async (_, params) => {
    const path = await edit(params);
    expect(await packetOf(path)).toContain('<pdfaid:part>1</pdfaid:part>');
    if (preflightMissing === undefined) expect(await faultsOfArchive(path)).toEqual([]);
  });

  it.each([
    ['stamped', { operations: [{ op: 'stamp', text: 'DRAFT' }] }],
    ['numbered', { operations: [{ op: 'page-numbers' }] }],
    ['fewer', { operations: [{ op: 'select', pages: '2' }] }],
    ['a part', { operations: [{ op: 'split' }] }],
    ['a choice of sources', { sources: [{ input: '0.pdf', pages: '1' }] }],
    ['packed', { optimise: true }],
  ])('goes when they are %s, and the title stays', async (_, params) => {
    const path = await edit(params);
    const packet = await packetOf(path);
    expect(packet).not.toMatch(/pdfaid:(part|conformance)/);
    expect(packet).toContain('A &amp; B');
    expect((await pdfInfo(path)).Title).toBe('A & B');
    await checkPdf(path);
  });

  it('goes when another document is joined', async () => {
    const path = await edit({}, [await makePdf(['more'])]);
    expect(await packetOf(path)).not.toMatch(/pdfaid:(part|conformance)/);
    await checkPdf(path);
  });
});
