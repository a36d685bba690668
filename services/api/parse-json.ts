import { AppError } from '../../shared/errors.ts';

/** @throws AppError `malformed_request` that says where, as line and column. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const place = describePlace(text, (error as Error).message);
    throw new AppError('malformed_request', `The body is not valid JSON: ${place}.`, { cause: error });
  }
}

/** Finding the place takes about 20 partial parses; not worth it for more than this. */
const searchedCharacters = 1024 * 1024;

function describePlace(text: string, message: string): string {
  const position = findFault(text, message);
  if (position === undefined) return 'a character is not where JSON allows it';
  const before = text.slice(0, position).split('\n');
  const what = position >= text.length ? 'it ends too early' : `unexpected ${JSON.stringify(text[position])}`;
  return `${what} at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} (position ${position})`;
}

/**
 * V8 tells the position of some faults and only quotes the surroundings of others. Then it is searched: of all beginnings of the
 * text the shortest that cannot be continued to valid JSON ends with the fault.
 */
function findFault(text: string, message: string): number | undefined {
  const said = positionIn(message);
  if (said !== undefined) return said;
  if (text.length > searchedCharacters) return undefined;
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (canContinue(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function canContinue(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const { message } = error as Error;
    return /end of JSON input|Unterminated string/.test(message) || positionIn(message) === beginning.length;
  }
}

function positionIn(message: string): number | undefined {
  const said = /at position (\d+)/.exec(message)?.[1];
  return said === undefined ? undefined : Number(said);
}
