import { InputError } from '../../../shared/errors.ts';
import type { InputFile } from '../../kind.ts';
import { readText } from '../document/read-text.ts';

/** JSON as it came; nothing in it is trusted to be there. */
export type Data = unknown;

export async function readData(input: InputFile): Promise<Data> {
  const text = await readText(input);
  try {
    return JSON.parse(text);
  } catch (error) {
    const where = error instanceof Error ? error.message : '';
    throw new InputError(`“${input.name}” is not JSON: ${where}. A report takes its data from a JSON file.`);
  }
}

/** Follows `order.lines.0.name`; own properties only, so nothing of JavaScript itself can be reached. */
export function lookUp(data: Data, path: string): Data {
  if (path === '.') return data;
  let value = data;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/** @throws InputError when the data has no list there. */
export function rowsAt(data: Data, path: string): readonly Data[] {
  const rows = lookUp(data, path);
  if (Array.isArray(rows)) return rows;
  const found = rows === undefined ? 'nothing' : `a ${rows === null ? 'null' : typeof rows}`;
  throw new InputError(`The template wants a list at “${path}”, but the data has ${found} there.`);
}

/**
 * The number in each row: numbers, and texts that are numbers; undefined where there is nothing.
 * @throws InputError when there is something else: a total without it would be wrong without a word.
 */
export function numbersAt(rows: readonly Data[], path: string, list: string): readonly (number | undefined)[] {
  return rows.map((row, index) => {
    const value = lookUp(row, path);
    if (value === undefined || value === null || value === '') return undefined;
    const number = typeof value === 'string' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    throw new InputError(
      `The template wants numbers at “${path}”, but row ${index + 1} of “${list}” has ${shown(value)} there.`,
    );
  });
}

const shown = (value: unknown) => (typeof value === 'string' ? `“${value.slice(0, 60)}”` : `a ${typeof value}`);
