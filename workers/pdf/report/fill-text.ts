import { type Data, lookUp } from './read-data.ts';

/** `{{path}}` and `{{path|format}}` filled in: looked up in the row first, then in the whole data. What is not there is empty. */
export function fillText(text: string, data: Data, row: Data, locale: string): string {
  return text.replace(/\{\{\s*([^{}|]+?)\s*(?:\|\s*([^{}]+?)\s*)?\}\}/g, (_, path: string, format?: string) =>
    formatValue(lookUp(row, path) ?? lookUp(data, path), format, locale),
  );
}

/** `number:2`, `percent:1` (0.5 is 50 %), `currency:EUR`, `date`; anything else as it is. */
export function formatValue(value: Data, format: string | undefined, locale: string): string {
  const [name, detail] = (format ?? '').split(':');
  if (value === undefined || value === null) return '';
  if (name === 'date') return formatDate(String(value), locale);
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number) && name !== '')
    return formatNumber(number, name, detail, locale);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function formatNumber(value: number, name: string | undefined, detail: string | undefined, locale: string): string {
  if (name === 'currency')
    return new Intl.NumberFormat(locale, { style: 'currency', currency: detail ?? 'EUR' }).format(value);
  const digits = Math.min(20, Math.max(0, Number(detail ?? 0) || 0));
  const fixed = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale, name === 'percent' ? { ...fixed, style: 'percent' } : fixed).format(value);
}

function formatDate(value: string, locale: string): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return value;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(date);
}

/** Data is never markup: what Markdown would read as a sign is escaped. */
export const escapeMarkdown = (text: string): string =>
  text.replace(/[\\`*_{}[\]()#+\-.!|<>~&:^]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
