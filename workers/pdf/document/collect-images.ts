import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { basename } from 'node:path/posix';
import type { InputFile } from '../../kind.ts';
import { openPicture, type Picture } from '../images/open-picture.ts';
import type { Block } from './blocks.ts';
import { everyBlock, everyInline } from './number-footnotes.ts';

/** The pictures a document refers to, opened (not decoded). What it does not find it counts. */
export interface DocumentImages {
  find(source: string): Picture | undefined;
  readonly missing: number;
}

const maxDataImageBytes = 32 * 1024 ** 2;

/**
 * A reference means an uploaded input of that file name (the folder before it is dropped), the input's name in the job, or bytes
 * in a `data:` URI. Paths are never opened and addresses never fetched: a document may be written by anybody.
 */
export async function collectImages(
  blocks: readonly Block[],
  inputs: readonly InputFile[],
  scratch: string,
): Promise<DocumentImages> {
  const sources = new Set(sourcesIn(blocks));
  const found = new Map<string, Picture>();
  for (const source of sources) {
    const file = source.startsWith('data:')
      ? await writeData(source, join(scratch, `data-${found.size}`))
      : findInput(source, inputs);
    if (file !== undefined) found.set(source, await openPicture(file));
  }
  return { find: (source) => found.get(source), missing: sources.size - found.size };
}

function findInput(source: string, inputs: readonly InputFile[]): InputFile | undefined {
  const name = decode(basename(source.replace(/[?#].*$/, '')));
  return (
    inputs.find((input) => input.name === name) ??
    inputs.find((input) => input.name.toLowerCase() === name.toLowerCase()) ??
    inputs.find((input) => input.reference === source || basename(input.reference) === name)
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function writeData(source: string, path: string): Promise<InputFile | undefined> {
  const base64 = /^data:image\/[\w.+-]+;base64,([A-Za-z0-9+/=%\s]+)$/.exec(source)?.[1];
  if (base64 === undefined || base64.length > maxDataImageBytes) return undefined;
  const bytes = Buffer.from(decode(base64), 'base64');
  await writeFile(path, bytes);
  return {
    path,
    bytes: bytes.length,
    mediaType: 'application/octet-stream',
    name: 'the image in a data: address',
    reference: source,
  };
}

export function* sourcesIn(blocks: readonly Block[]): Generator<string> {
  for (const block of everyBlock(blocks)) if (block.type === 'image') yield block.source;
  for (const inline of everyInline(blocks)) if (inline.type === 'image') yield inline.source;
}
