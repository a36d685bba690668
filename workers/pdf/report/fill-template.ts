import { InputError } from '../../../shared/errors.ts';
import type { Block, Inlines } from '../document/blocks.ts';
import { nameAnchors } from '../document/name-anchors.ts';
import { parseMarkdown } from '../document/parse-markdown.ts';
import { escapeMarkdown, fillText, formatValue } from './fill-text.ts';
import { type Data, numbersAt, rowsAt } from './read-data.ts';
import type { ChartTemplate, TableTemplate, TemplateBlock } from './template.ts';

/** Template and data to blocks. @throws InputError when the data lacks a list the template wants. */
export function fillTemplate(template: readonly TemplateBlock[], data: Data, locale: string): Block[] {
  const filling: Filling = { data, locale, anchor: nameAnchors() };
  return template.flatMap((block) => fillBlock(block, filling));
}

interface Filling {
  readonly data: Data;
  readonly locale: string;
  readonly anchor: (title: string) => string;
}

function fillBlock(block: TemplateBlock, { data, locale, anchor }: Filling): Block[] {
  const plain = (text: string) => fillText(text, data, undefined, locale);
  switch (block.type) {
    case 'heading':
      return [
        { type: 'heading', level: block.level, anchor: anchor(plain(block.text)), inlines: inline(plain(block.text)) },
      ];
    case 'text':
      return parseMarkdown(fillMarkdown(block.text, data, locale), anchor);
    case 'facts':
      return [
        { type: 'facts', items: block.items.map(({ label, value }) => ({ label: plain(label), value: plain(value) })) },
      ];
    case 'table':
      return [fillTable(block, data, locale)];
    case 'chart':
      return [fillChart(block, data, locale)];
    case 'image':
      return [{ type: 'image', source: plain(block.source), alt: plain(block.alt) }];
    case 'page-break':
      return [{ type: 'page-break' }];
  }
}

const inline = (text: string, bold = false): Inlines => [{ type: 'text', text, marks: bold ? { bold } : {} }];

/** Values are escaped where they are put in, the template's own Markdown is not. */
function fillMarkdown(text: string, data: Data, locale: string): string {
  return text.replace(/\{\{[^{}]*\}\}/g, (place) => escapeMarkdown(fillText(place, data, undefined, locale)));
}

function fillTable({ rows: path, columns, totalLabel }: TableTemplate, data: Data, locale: string): Block {
  const rows = rowsAt(data, path);
  const cells = rows.map((row) => columns.map(({ value }) => inline(fillText(value, data, row, locale))));
  const labelled = columns.findIndex((column) => column.total === undefined);
  const totals = columns.map((column, index) =>
    index === labelled ? fillText(totalLabel ?? '', data, undefined, locale) : total(column, rows, path, locale),
  );
  return {
    type: 'table',
    alignments: columns.map(({ align }) => align),
    head: columns.map(({ title }) => inline(fillText(title, data, undefined, locale))),
    rows: columns.some((column) => column.total !== undefined)
      ? [...cells, totals.map((text) => inline(text, true))]
      : cells,
  };
}

function total(column: TableTemplate['columns'][number], rows: readonly Data[], list: string, locale: string): string {
  if (column.total === undefined) return '';
  if (column.total === 'count') return formatValue(rows.length, column.format ?? 'number', locale);
  const numbers = numbersAt(rows, column.field ?? '.', list).filter((value) => value !== undefined);
  const sum = numbers.reduce((added, value) => added + value, 0);
  const result = column.total === 'sum' ? sum : sum / Math.max(1, numbers.length);
  return formatValue(result, column.format ?? 'number:2', locale);
}

function fillChart(chart: ChartTemplate, data: Data, locale: string): Block {
  const rows = rowsAt(data, chart.rows);
  return {
    type: 'chart',
    chart: chart.chart,
    title: fillText(chart.title ?? '', data, undefined, locale),
    height: chart.height,
    labels: rows.map((row) => fillText(chart.label, data, row, locale)),
    series: chart.series.map(({ name, field }) => ({
      name: fillText(name, data, undefined, locale),
      values: numbersAt(rows, field, chart.rows).map((value) => checkShare(value, chart, field)),
    })),
    write: (value) => formatValue(value, chart.format ?? defaultFormat(value), locale),
    writeShare: (share) => formatValue(share, 'percent:1', locale),
  };
}

/** Nothing can be less than no part of a whole. */
function checkShare(value: number | undefined, { chart }: ChartTemplate, field: string): number | undefined {
  if (chart !== 'pie' || value === undefined || value >= 0) return value;
  throw new InputError(
    `A pie cannot show ${value} (at “${field}”): it takes numbers from 0. Use bars, which hang below zero.`,
  );
}

const defaultFormat = (value: number) => (Number.isInteger(value) ? 'number:0' : 'number:2');
