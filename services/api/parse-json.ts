import { AppError } from '../../shared/errors.ts';

/** @throws AppError `malformed_request` that says where, as line and column. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    const place = describePlace(text, (error as Error).message);
    throw new AppError('malformed_request', `The body is not valid JSON: ${place}.`, { cause: error });
  }
}

/** V8 gives the position only in words; at the end of the input it gives none. */
function describePlace(text: string, message: string): string {
  const said = /at position (\d+)/.exec(message)?.[1];
  const position = said === undefined ? text.length : Number(said);
  const before = text.slice(0, position).split('\n');
  const what = position >= text.length ? 'it ends too early' : `unexpected ${JSON.stringify(text[position])}`;
  return `${what} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} (position ${position})`;
}
