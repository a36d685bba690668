/** Where things stand on the page when a text reads from right to left; Hebrew, which the bundled fonts write on every machine. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTask } from '../../test/support/make-task.ts';
import { pdfReadersMissing, pdfText, readWith } from '../../test/support/read-pdf.ts';
import { buildPdf } from './build-pdf.ts';
import { type PdfParams, pdfContract } from './contract.ts';

const pageWidth = 297.64;

async function build(source: string, more: Partial<PdfParams> = {}): Promise<string> {
  const params = pdfContract.params.parse({ layout: 'document', page: { size: 'A6' }, pageNumbers: false, ...more });
  const files = [{ name: 'text.md', bytes: Buffer.from(source), mediaType: 'text/markdown' }];
  const task = await makeTask({ params, files });
  const path = join(task.scratch, 'text.pdf');
  await buildPdf({ params: task.params, inputs: task.inputs, path }, () => {});
  return path;
}

/** The middle of each word from the left, as a share of the page's width. `-bbox` writes the letters as they stand, from left to right. */
async function placesOf(path: string): Promise<(word: string) => number> {
  const boxes = await readWith('pdftotext', ['-bbox', path, '-']);
  const found = [...boxes.matchAll(/xMin="([\d.]+)".* xMax="([\d.]+)".*>(.+)<\/word>/g)];
  const places = new Map(found.map(([, left, right, word]) => [word, (Number(left) + Number(right)) / 2 / pageWidth]));
  return (word) => places.get(word) ?? places.get([...word].reverse().join('')) ?? Number.NaN;
}

describe.skipIf(pdfReadersMissing !== undefined)('text from right to left', () => {
  it('hangs the items of a list from its right, deeper ones further in', async () => {
    const at = await placesOf(await build('- אחת\n- שתיים\n  - עמוק\n\nText\n\n1. ראשון'));
    expect(at('•')).toBeGreaterThan(at('אחת'));
    expect(at('◦')).toBeGreaterThan(at('עמוק'));
    expect(at('◦')).toBeLessThan(at('•'));
    expect(at('אחת')).toBeGreaterThan(0.6);
    expect(at('1.')).toBeGreaterThan(at('ראשון'));
  });

  it('leaves a list whose first words read from left to right as it was, with a word of Hebrew beside its bullet', async () => {
    const at = await placesOf(await build('- English\n- עברית'));
    expect(at('•')).toBeLessThan(0.3);
    expect(at('עברית')).toBeLessThan(0.4);
    expect(at('עברית')).toBeGreaterThan(at('•'));
  });

  it('puts the first column of a table at the right', async () => {
    const at = await placesOf(await build('| ראשון | שני |\n|---|---|\n| אלף | 42 |'));
    expect(at('ראשון')).toBeGreaterThan(at('שני'));
    expect(at('אלף')).toBeGreaterThan(at('42'));
    expect(at('אלף')).toBeGreaterThan(0.6);
  });

  it('lists titles at the right and pages at the left', async () => {
    const at = await placesOf(await build('# פרק\n\nטקסט', { contents: true }));
    expect(at('פרק')).toBeGreaterThan(0.6);
    expect(at('2')).toBeLessThan(0.3);
  });

  it('comes back in order, markers first', async () => {
    const text = await pdfText(await build('- שלום עולם\n- להתראות'));
    const bare = text.replace(/[\u200e\u200f\u202a-\u202e]/g, '');
    expect(bare.trim().split(/\n+/)).toEqual(['• שלום עולם', '• להתראות']);
  });
});
