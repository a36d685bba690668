/** The Universal Declaration in many scripts (fixtures beside the checkout): what goes in comes back by pdftotext. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTask } from '../../test/support/make-task.ts';
import { pdfReadersMissing, pdfText } from '../../test/support/read-pdf.ts';
import { findSystemFonts } from '../media/pdf/fonts/find-system-fonts.ts';
import { buildPdf } from './build-pdf.ts';
import { pdfContract } from './contract.ts';

const folder = new URL('../../../shared/fixtures/text/', import.meta.url).pathname;
const reasons = [
  pdfReadersMissing,
  existsSync(folder) ? undefined : 'no fixtures beside the checkout',
  findSystemFonts().has('NotoSansThai-Regular.ttf')
    ? undefined
    : 'no Noto fonts on this machine (apt-get install fonts-noto)',
].filter((reason) => reason !== undefined);
if (reasons.length > 0) process.stdout.write(`skipping the scripts of the world: ${reasons.join(', ')}\n`);

const languages = [
  'eng',
  'vie',
  'rus',
  'cmn_hans',
  'jpn',
  'kor',
  'arb',
  'heb',
  'pes_1',
  'urd',
  'hin',
  'ben',
  'tam',
  'tha',
];

describe.skipIf(reasons.length > 0)('every script of the fixtures', () => {
  it.each(languages)('%s comes back in reading order', async (language) => {
    const paragraphs = articles(await readFile(join(folder, `udhr__${language}.html`), 'utf8')).slice(0, 24);
    const source = paragraphs.join('\n\n');
    expect(bare(await roundTrip(source))).toBe(bare(source));
  });
});

describe.skipIf(reasons.length > 0)('one line', () => {
  it('holds brackets, digits, emoji and several directions, and gives them back', async () => {
    const line = 'One 😀 👩‍👩‍👧 🇩🇪 1️⃣ two 中文 three → four';
    expect(bare(await roundTrip(line))).toBe(bare(line));
    const hebrew = 'שלום (עולם) 123 מספרים [סוגריים] וסוף';
    expect(bare(await roundTrip(hebrew))).toBe(bare(hebrew));
  });
});

async function roundTrip(text: string): Promise<string> {
  const params = pdfContract.params.parse({ layout: 'document', pageNumbers: false, syntax: 'plain' });
  const task = await makeTask({
    params,
    files: [{ name: 'text.txt', bytes: Buffer.from(text), mediaType: 'text/plain' }],
  });
  const path = join(task.scratch, 'text.pdf');
  await buildPdf({ params, inputs: task.inputs, path }, () => {});
  return pdfText(path);
}

/** The text of the page's paragraphs. */
function articles(html: string): string[] {
  const body = html.replace(/^[\s\S]*?<body[^>]*>/i, '').replace(/<(script|style)[\s\S]*?<\/\1>/gi, '');
  return [...body.matchAll(/<(p|h\d|li)\b[^>]*>([\s\S]*?)<\/\1>/gi)]
    .map(([, , inner]) =>
      (inner ?? '')
        .replace(/<[^>]+>/g, '')
        .replace(/&nbsp;|&#160;/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((text) => text.length > 30 && !text.includes('&'));
}

/** Without blanks, hyphens (pdftotext joins words cut at them) and the direction marks pdftotext adds; composed, so that one accent is not two. */
const bare = (text: string) =>
  text.normalize('NFKC').replace(/[-\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '');
