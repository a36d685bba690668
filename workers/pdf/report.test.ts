import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTask } from '../../test/support/make-task.ts';
import { checkPdf, pdfPages, pdfReadersMissing, pdfText, readWith } from '../../test/support/read-pdf.ts';
import { buildPdf } from './build-pdf.ts';
import { planAxis } from './chart/plan-axis.ts';
import { pdfContract } from './contract.ts';
import { escapeMarkdown, fillText } from './report/fill-text.ts';

const readable = describe.skipIf(pdfReadersMissing !== undefined);

async function build(template: unknown, data: unknown, locale = 'en', more: object = {}) {
  const params = pdfContract.params.parse({ layout: 'report', locale, template, ...more });
  const bytes = Buffer.from(typeof data === 'string' ? data : JSON.stringify(data));
  const task = await makeTask({ params, files: [{ name: 'data.json', bytes, mediaType: 'application/json' }] });
  const path = join(task.scratch, 'report.pdf');
  await buildPdf({ params, inputs: task.inputs, path }, () => {});
  return path;
}

const months = Array.from({ length: 80 }, (_, index) => ({ name: `Month ${index + 1}`, eur: (index + 1) * 100.5 }));
const table = {
  type: 'table',
  rows: 'months',
  columns: [
    { title: 'Name', value: '{{name}}' },
    { title: 'Worth', value: '{{eur|number:2}}', align: 'right', total: 'sum', field: 'eur' },
  ],
};

readable('layout report', () => {
  it('fills texts, facts and a table with its head on every page and its total at the end', async () => {
    const template = [
      { type: 'heading', text: 'Sales {{year}}' },
      { type: 'text', text: 'For **{{client}}**, {{when|date}}.' },
      { type: 'facts', items: [{ label: 'Client', value: '{{client}}' }] },
      table,
    ];
    const path = await build(template, { year: 2026, client: '*Ltd* & <b>', when: '2026-05-12', months }, 'de');
    await checkPdf(path);
    const pages = await pdfPages(path);
    expect(pages[0]).toContain('Sales 2026');
    expect(pages[0]).toContain('For *Ltd* & <b>, 12. Mai 2026.');
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) expect(page).toMatch(/Name\s+Worth/);
    expect(pages.at(-1)).toContain('325.620,00');
  });

  it('lists its headings before them, and says what the totals are', async () => {
    const template = [
      { type: 'heading', text: 'Sales' },
      { ...table, totalLabel: 'Total of {{year}}' },
    ];
    const pages = await pdfPages(await build(template, { year: 2026, months }, 'en', { contents: true }));
    expect(pages[0]).toMatch(/^Sales\s+2\s/);
    expect(pages[1]).toMatch(/^Sales\s+Name/);
    expect(pages.at(-1)).toMatch(/Total of 2026\s+325,620\.00/);
  });

  it('breaks a line where the data has no value, rather than drawing a zero', async () => {
    const chart = { type: 'chart', chart: 'line', rows: '.', label: '{{n}}', series: [{ name: 'v', field: 'v' }] };
    const rows = (values: readonly (number | null)[]) => values.map((v, n) => ({ n, v }));
    const parts = async (values: readonly (number | null)[]) => {
      const path = await build([chart], rows(values), 'en', { pageNumbers: false });
      const content = await readWith('qpdf', ['--qdf', '--object-streams=disable', path, '-']);
      // The line alone is this thick.
      return /((?:.* [ml]\n)+)1\.4 w\n/.exec(content)?.[1]?.match(/ m$/gm)?.length;
    };
    expect(await parts([5, 6, 7, 8])).toBe(1);
    expect(await parts([5, 6, null, 8, 9])).toBe(2);
  });

  it.each(['bar', 'line', 'pie'] as const)('draws a %s chart as vectors with text', async (chart) => {
    const path = await build(
      [
        {
          type: 'chart',
          chart,
          title: 'Worth',
          rows: 'months',
          label: '{{name}}',
          series: [{ name: 'EUR', field: 'eur' }],
        },
      ],
      { months: months.slice(0, 4) },
    );
    expect(await pdfText(path)).toContain('Month 4');
    expect((await readWith('pdfimages', ['-list', path])).trim().split('\n')).toHaveLength(2);
  });
});

describe('report data', () => {
  it('is read as data and as nothing else', () => {
    const data = { a: { b: [1, 2] }, __proto__x: 1 };
    expect(fillText('{{a.b.1}} {{a.constructor}} {{missing}}{{a.b.0|percent}}', data, undefined, 'en')).toBe('2  100%');
    expect(escapeMarkdown('[x](javascript:1) `y` # z')).toBe('\\[x\\]\\(javascript\\:1\\) \\`y\\` \\# z');
  });

  it.each([
    ['no JSON', 'not json', /is not JSON/],
    ['a total over texts', { months: [{ eur: 1 }, { eur: '1.234,50' }] }, /row 2 of “months” has “1.234,50” there/],
    ['no list', { months: 3 }, /wants a list at “months”, but the data has a number/],
  ])('is refused with a sentence: %s', async (_, data, sentence) => {
    await expect(build([table], data)).rejects.toMatchObject({
      code: 'input_invalid',
      publicMessage: expect.stringMatching(sentence),
    });
  });

  it.each([
    ['texts in a chart', 'bar', [{ v: 'Jan' }], /wants numbers at “v”, but row 1 of “\.” has “Jan” there/],
    ['less than nothing in a pie', 'pie', [{ v: 2 }, { v: -5 }], /A pie cannot show -5/],
  ])('is refused with a sentence: %s', async (_, chart, data, sentence) => {
    const template = [{ type: 'chart', chart, rows: '.', label: 'x', series: [{ name: 'v', field: 'v' }] }];
    await expect(build(template, data)).rejects.toMatchObject({
      code: 'input_invalid',
      publicMessage: expect.stringMatching(sentence),
    });
  });

  it.each([
    [
      'a format there is not',
      [{ type: 'text', text: 'In {{year|wat}}' }],
      /no such format in \{\{year\|wat\}\}: expected/,
    ],
    ['a currency there is not', [{ type: 'text', text: '{{eur|currency:EURO}}' }], /no such format/],
    ['a format of a total', [{ ...table, columns: [{ ...table.columns[1], format: 'money' }] }], /expected number:2/],
    [
      'a total over nothing',
      [{ ...table, columns: [{ ...table.columns[1], field: undefined }] }],
      /total is taken over/,
    ],
    [
      'a pie of two',
      [
        {
          type: 'chart',
          chart: 'pie',
          rows: 'months',
          label: 'x',
          series: [
            { name: 'a', field: 'a' },
            { name: 'b', field: 'b' },
          ],
        },
      ],
      /a pie shows one series/,
    ],
  ])('has a template that is looked at before the job runs: %s', (_, template, sentence) => {
    const { error } = pdfContract.params.safeParse({ layout: 'report', template });
    expect(error?.issues.map(({ message }) => message).join()).toMatch(sentence);
  });

  it('has a locale that numbers and dates can be written in', () => {
    expect(pdfContract.params.safeParse({ layout: 'report', locale: 'de-AT-AT' }).success).toBe(false);
    expect(pdfContract.params.safeParse({ layout: 'report', locale: 'zh-Hant-TW' }).success).toBe(true);
  });

  it.each([
    [
      [0, 97],
      [0, 20, 40, 60, 80, 100],
    ],
    [
      [-3, 4],
      [-4, -2, 0, 2, 4],
    ],
    [[0], [0, 0.2]],
    [
      [0.1, 0.3],
      [0, 0.1, 0.2, 0.3],
    ],
  ])('gets round ticks: %j', (values, ticks) => {
    expect(planAxis(values).ticks).toEqual(ticks);
  });
});
