/** `conformance: "PDF/A-1b"` is claimed, so a validator nobody here wrote has to agree, for every layout and everything that can be drawn. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { makeTask } from '../../test/support/make-task.ts';
import { faultsOfArchive, preflightMissing } from '../../test/support/preflight.ts';
import { pdfInfo, pdfReadersMissing, readWith } from '../../test/support/read-pdf.ts';
import { buildPdf } from './build-pdf.ts';
import { pdfContract } from './contract.ts';

if (preflightMissing) process.stdout.write(`skipping the validation of PDF/A: ${preflightMissing}\n`);

const markdown = `# Title & more <b>

[TOC]

Words, *slanted*, **bold**, \`code\`, ~~struck~~, a [link](https://example.com), [inside](#title--more-b), a note[^1], ![dot](clear.png).
Русский ελληνικά 中文 日本語 한국어 العربية עברית ไทย हिन्दी 😀 👩‍👩‍👧 🇩🇪 ☑ → ∞

- one
  - two 😀
    1. three

| Head 😀 | B |
|---|--:|
| cell | \`1\` |

> quote

\`\`\`js
const a = "😀"; // comment
\`\`\`

![clear](clear.png)

## Two

### Three

[^1]: Says 😀.
`;

const template = [
  { type: 'heading', text: 'Sales' },
  { type: 'facts', items: [{ label: 'A', value: '{{a}}' }] },
  { type: 'table', rows: 'rows', columns: [{ title: 'N', value: '{{n}}', total: 'sum', field: 'n' }] },
  ...['bar', 'line', 'pie'].map((chart) => ({
    type: 'chart',
    chart,
    title: 'Chart',
    rows: 'rows',
    label: '{{n}}',
    series: [{ name: 'n', field: 'n' }],
  })),
];

/** Half of it can be seen through; its colours are not sRGB; one is CMYK. */
async function pictures() {
  const halves = sharp({
    create: { width: 60, height: 40, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } },
  });
  const wide = sharp({ create: { width: 60, height: 40, channels: 3, background: '#00aa44' } });
  return [
    { name: 'clear.png', bytes: await halves.png().toBuffer(), mediaType: 'image/png' },
    { name: 'wide.jpg', bytes: await wide.clone().withIccProfile('p3').jpeg().toBuffer(), mediaType: 'image/jpeg' },
    { name: 'grey.png', bytes: await wide.clone().greyscale().png().toBuffer(), mediaType: 'image/png' },
    { name: 'print.jpg', bytes: await wide.clone().toColourspace('cmyk').jpeg().toBuffer(), mediaType: 'image/jpeg' },
  ];
}

const text = { name: 'text.md', bytes: Buffer.from(markdown), mediaType: 'text/markdown' };
const data = {
  name: 'data.json',
  bytes: Buffer.from(JSON.stringify({ a: 'A & B 😀', rows: [{ n: 1 }, { n: 2 }, { n: 3 }] })),
  mediaType: 'application/json',
};

async function build(params: object, files: Parameters<typeof makeTask>[0]['files']): Promise<string> {
  const properties = { title: 'T & <ü> 中\n😀', author: 'A "B" & C', subject: "S's", keywords: ['a&b', 'c'] };
  const parsed = pdfContract.params.parse({ ...properties, pageNumbers: true, language: 'en', ...params });
  const task = await makeTask({ params: parsed, files });
  const path = join(task.scratch, 'archive.pdf');
  await buildPdf({ params: parsed, inputs: task.inputs, path }, () => {});
  return path;
}

const layouts = [
  ['a document', 'document', {}],
  [
    'a document without tags or title',
    'document',
    { tagged: false, contents: true, header: '{page} 😀', title: undefined },
  ],
  ['a report', 'report', { template, contents: true, locale: 'de' }],
  ['images on pages', 'pages', { captions: true }],
  ['a contact sheet', 'contact-sheet', {}],
] as const;

describe.skipIf(preflightMissing !== undefined)('PDF/A-1b', () => {
  it.each(layouts)('is what a validator calls %s', async (_, layout, more) => {
    const texts = { document: [text], report: [data], pages: [], 'contact-sheet': [] }[layout];
    const path = await build({ layout, conformance: 'PDF/A-1b', ...more }, [...texts, ...(await pictures())]);
    expect(await faultsOfArchive(path)).toEqual([]);
    expect(await readFile(path, 'latin1')).toContain('<pdfaid:part>1</pdfaid:part>');
  });

  it('is not claimed unless asked for, and the validator can tell', async () => {
    const path = await build({ layout: 'document' }, [text, ...(await pictures())]);
    expect(await faultsOfArchive(path)).not.toEqual([]);
    expect(await readFile(path, 'latin1')).not.toContain('pdfaid');
  });
});

describe.skipIf(pdfReadersMissing !== undefined)('properties', () => {
  it('stand in the XMP as XML, whatever signs they hold', async () => {
    const path = await build({ layout: 'document', title: 'A & B </rdf:li> \u0007 end' }, [text]);
    expect((await pdfInfo(path)).Title).toBe('A & B </rdf:li> end');
    const xmp = await readWith('pdfinfo', ['-meta', path]);
    expect(xmp).toContain('>A &amp; B &lt;/rdf:li&gt; end</rdf:li>');
  });
});

describe('an archive', () => {
  it('is refused with letters that no font has, which the validator would find', async () => {
    const unknown = { ...text, bytes: Buffer.from('Letters \u{10fffd}.') };
    await expect(build({ layout: 'document', conformance: 'PDF/A-1b' }, [unknown])).rejects.toMatchObject({
      code: 'input_invalid',
      publicMessage: expect.stringMatching(/No font here has all letters of .*U\+10FFFD/),
    });
    await build({ layout: 'document' }, [unknown]);
  });

  it.each([
    ['passwords', { encrypt: { userPassword: 'x' } }, 'PDF/A forbids passwords'],
    ['attachments', { attachments: [{ input: 'x' }] }, 'PDF/A-1 forbids attached files'],
  ])('is refused with %s before the job runs', (_, more, sentence) => {
    const { error } = pdfContract.params.safeParse({ layout: 'document', conformance: 'PDF/A-1b', ...more });
    expect(error?.issues.map(({ message }) => message).join()).toContain(sentence);
  });
});
