import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTask } from '../../test/support/make-task.ts';
import { checkPdf, pdfInfo, pdfPages, pdfReadersMissing, pdfText, readWith } from '../../test/support/read-pdf.ts';
import { buildPdf } from './build-pdf.ts';
import { type PdfParams, pdfContract } from './contract.ts';
import { colourCode } from './document/colour-code.ts';
import { parseMarkdown } from './document/parse-markdown.ts';

const readable = describe.skipIf(pdfReadersMissing !== undefined);

const text = (content: string) => ({ name: 'text.md', bytes: Buffer.from(content), mediaType: 'text/markdown' });

async function build(params: Partial<PdfParams>, files: Parameters<typeof makeTask>[0]['files']) {
  const task = await makeTask({ params: pdfContract.params.parse(params), files });
  const path = join(task.scratch, 'text.pdf');
  await buildPdf({ params: task.params, inputs: task.inputs, path }, task.progress);
  return { path };
}

readable('a long document', () => {
  const chapters = Array.from(
    { length: 6 },
    (_, index) => `# Chapter ${index + 1}\n\n${'Many words fill a page. '.repeat(300)}\n`,
  );

  it('lists its headings with the pages they are on, in the text and in the outline', async () => {
    const pdf = await build({ layout: 'document', contents: true }, [text(chapters.join('\n'))]);
    const pages = await pdfPages(pdf.path);
    for (let chapter = 1; chapter <= 6; chapter++) {
      const page = Number(new RegExp(`Chapter ${chapter}\\s+(\\d+)`).exec(await firstPageInColumns(pdf.path))?.[1]);
      expect(pages[page - 1]).toContain(`Chapter ${chapter}\n`);
    }
    const outline = await readWith('qpdf', ['--json', '--json-key=outlines', pdf.path]);
    expect(JSON.parse(outline).outlines.map(({ title }: { title: string }) => title)).toEqual(
      chapters.map((_, index) => `Chapter ${index + 1}`),
    );
  });

  it('fills in headers and footers', async () => {
    const params = {
      layout: 'document',
      title: 'The book',
      header: '{title}: {section}',
      footer: { left: 'left', right: '{page} of {pages}' },
    } as const;
    const pages = await pdfPages((await build(params, [text(chapters.join('\n'))])).path);
    expect(pages[0]).toContain('The book: Chapter 1');
    expect(pages.at(-1)).toContain('The book: Chapter 6');
    expect(pages.at(-1)).toContain(`${pages.length} of ${pages.length}`);
  });

  it('puts a footnote on the page that refers to it, once', async () => {
    const words = 'Filling words. '.repeat(420);
    const pdf = await build({ layout: 'document' }, [
      text(`First.\n\n${words}\n\nHere[^n] and here[^n].\n\n[^n]: What it *says*.`),
    ]);
    const pages = await pdfPages(pdf.path);
    const page = pages.findIndex((content) => /Here ?1/.test(content));
    expect(page).toBeGreaterThan(0);
    expect(pages.map((content) => content.split('What it says.').length - 1)).toEqual(
      pages.map((_, index) => (index === page ? 1 : 0)),
    );
  });

  it('keeps the paragraphs of a footnote together, and out of the text', async () => {
    const source = 'Here[^n].\n\n[^n]: First.\n\n    Second *one*.\n\n    Third.\n\nAfter it.';
    const [page = ''] = await pdfPages((await build({ layout: 'document', pageNumbers: false }, [text(source)])).path);
    expect(page.trim().split(/\n+/)).toEqual(['Here1.', 'After it.', '1. First.', 'Second one.', 'Third.']);
  });

  it.each([10, 20, 28])(
    'begins every list with the same bullet, margins of %i mm or a quote around it',
    async (margin) => {
      const params = {
        layout: 'document',
        pageNumbers: false,
        page: { margin, size: 'A4', orientation: 'auto' },
      } as const;
      const [page = ''] = await pdfPages((await build(params, [text('- a\n  - b\n    - c\n\n> - d')])).path);
      expect(page.match(/[•◦▪] ?[abcd]/g)?.map((marked) => marked.replace(' ', ''))).toEqual(['•a', '◦b', '▪c', '•d']);
    },
  );

  it('leaves no heading and no single line alone at the foot of a page', async () => {
    for (let lines = 36; lines <= 46; lines++) {
      const filler = Array.from({ length: lines }, (_, index) => `Line ${index}`).join('<br>');
      const pages = await pdfPages(
        (
          await build({ layout: 'document', pageNumbers: false }, [
            text(`${filler}\n\n## Last heading\n\n${'word '.repeat(60)}`),
          ])
        ).path,
      );
      const page = pages.find((content) => content.includes('Last heading')) ?? '';
      expect(
        page
          .slice(page.indexOf('Last heading'))
          .split('\n')
          .filter((line) => line.startsWith('word')).length,
      ).toBeGreaterThanOrEqual(2);
    }
  });
});

readable('tags for screen readers', () => {
  const source = '# Title\n\nSome words.\n\n- item\n\n| Head |\n|---|\n| cell |\n\n> said';

  it('tell headings, lists, tables and quotes apart, in reading order, and leave page numbers out', async () => {
    const pdf = await build({ layout: 'document', language: 'en' }, [text(source)]);
    const structure = (await readWith('pdfinfo', ['-struct-text', pdf.path])).replace(
      / \(block\)|:|^\s+\/Scope.*$/gm,
      '',
    );
    expect(structure.trim().split(/\s+/).join(' ')).toBe(
      'Document H1 "Title" P "Some words." L LI Lbl "•" LBody P "item" Table TR TH "Head" TR TD "cell" BlockQuote P "said"',
    );
    expect((await pdfInfo(pdf.path)).Tagged).toBe('yes');
    await checkPdf(pdf.path);
  });

  it('name links with what they say, also where one goes on in the next line, and hang their areas on them', async () => {
    const source = `Read [the ${'long '.repeat(30)}name](https://example.com/a) or [here](#end).\n\n# End\n\n\`\`\`\ncode\n\`\`\``;
    const pdf = await build({ layout: 'document', contents: true }, [text(source)]);
    const structure = await readWith('pdfinfo', ['-struct-text', pdf.path]);
    const links = [...structure.matchAll(/Link \(inline\)\s+Object \d+ 0\s+"(.*)"/g)].map(([, says]) => says?.trim());
    expect(links).toEqual(['End2', expect.stringMatching(/^the long/), expect.stringMatching(/long name$/), 'here']);
    expect(structure).toMatch(/Code \(inline\)\s+"code"/);
    const { qpdf } = JSON.parse(await readWith('qpdf', ['--json', '--json-key=qpdf', pdf.path]));
    const objects = Object.entries<{ value?: Record<string, unknown> }>(qpdf[1]);
    const areas = objects.filter(([, { value }]) => value?.['/Subtype'] === '/Link');
    expect(areas.map(([, { value }]) => value?.['/Contents'])).toEqual([
      'u:End',
      expect.stringMatching(/^u:the long/),
      expect.stringMatching(/name$/),
      'u:here',
    ]);
    // The element of each link stands on the page that holds its area.
    for (const [name] of areas) {
      const reference = name.replace('obj:', '');
      const page = objects.find(([, { value }]) => (value?.['/Annots'] as unknown[] | undefined)?.includes(reference));
      const element = objects.find(([, { value }]) => JSON.stringify(value?.['/K'] ?? '').includes(`"${reference}"`));
      expect(element?.[1].value?.['/K']).toContainEqual(
        expect.objectContaining({ '/Obj': reference, '/Pg': page?.[0].replace('obj:', '') }),
      );
    }
    await checkPdf(pdf.path);
  });

  it('say the head of a table once, however many pages it is on, and can be left out', async () => {
    const rows = Array.from({ length: 90 }, (_, index) => `| ${index} |`).join('\n');
    const pdf = await build({ layout: 'document' }, [text(`| Head |\n|---|\n${rows}`)]);
    const structure = await readWith('pdfinfo', ['-struct-text', pdf.path]);
    expect(structure.match(/"Head"/g)).toHaveLength(1);
    expect(structure.match(/ TD/g)).toHaveLength(90);
    const plain = await build({ layout: 'document', tagged: false }, [text('# Title')]);
    expect((await pdfInfo(plain.path)).Tagged).toBe('no');
  });
});

describe('task lists and code', () => {
  it('reads boxes, footnotes and languages', () => {
    expect(parseMarkdown('- [x] done\n- [ ] open\n- plain')).toMatchObject([
      { items: [{ checked: true }, { checked: false }, { blocks: [{}] }] },
    ]);
    const style = { family: 'mono', bold: false, italic: false, size: 9, colour: '#000000' } as const;
    const [line] = colourCode('const a = "b";', 'js', style);
    expect(new Set(line?.map((span) => span.style.colour)).size).toBeGreaterThan(2);
    expect(colourCode('a\nb', 'nonsense', style).map((spans) => spans.map((span) => span.text))).toEqual([
      ['a'],
      ['b'],
    ]);
  });

  it.each([
    ['emphasis', '*a_'.repeat(20_000)],
    ['quotes', '>'.repeat(20_000)],
    ['lists', Array.from({ length: 1500 }, (_, depth) => `${' '.repeat(depth * 2)}- x`).join('\n')],
    ['brackets', '['.repeat(20_000)],
    ['footnotes', '[^a]'.repeat(5_000)],
  ])('parses hostile %s in no time', (_, source) => {
    const started = performance.now();
    parseMarkdown(source);
    expect(performance.now() - started).toBeLessThan(8_000);
  });
});

readable('hostile layouts', () => {
  it('set a word of 100 000 letters and 3 000 quotes in a quote', async () => {
    const long = await build({ layout: 'document', pageNumbers: false }, [text('x'.repeat(100_000))]);
    expect((await pdfText(long.path)).replace(/\s/g, '')).toHaveLength(100_000);
    const deep = await build({ layout: 'document' }, [text(`${'> '.repeat(3000)}x`)]);
    await checkPdf(deep.path);
    expect(await pdfPages(deep.path)).toHaveLength(1);
  });
});

const firstPageInColumns = async (path: string) => (await pdfText(path, { keepLayout: true })).split('\f')[0] ?? '';
