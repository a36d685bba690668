import { readFile } from 'node:fs/promises';
import { InputError } from '../../../shared/errors.ts';
import type { InputFile } from '../../kind.ts';

/** About ten thousand pages; the text is held in memory whole. */
const maxTextBytes = 32 * 1024 ** 2;

/** The text of an upload, whatever its name says, with `\n` line ends. @throws InputError when it is not text. */
export async function readText(input: InputFile): Promise<string> {
  if (input.bytes === 0) throw new InputError(`“${input.name}” is empty (0 bytes). Send the text again.`);
  if (input.bytes > maxTextBytes) {
    throw new InputError(
      `“${input.name}” is ${Math.round(input.bytes / 1024 ** 2)} MB of text; a document takes at most 32 MB. Cut it into several.`,
    );
  }
  const text = decode(await readFile(input.path));
  if (text === undefined || text.includes('\0')) throw notText(input);
  if (text.trim() === '') throw new InputError(`“${input.name}” holds nothing but blanks. Send the text again.`);
  return text.replace(/\r\n?/g, '\n');
}

/** UTF-8, or UTF-16 with a byte order mark; undefined for anything else. */
function decode(bytes: Buffer): string | undefined {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const notText = (input: InputFile) =>
  new InputError(
    `Expected Markdown or plain text, but the content of “${input.name}” is ${
      input.mediaType === 'application/octet-stream' ? 'not text' : input.mediaType
    }. Save it as UTF-8 text and send it again.`,
  );
