import { fileTypeFromBuffer } from 'file-type';
import { sniffText } from './sniff-text.ts';

/** Enough for every container file-type knows, short of what hides behind a large ID3 tag (which it names by the tag). */
export const sniffBytes = 16 * 1024;
const unknown = 'application/octet-stream';

/** The media type of a file by its first bytes, never by what the sender said. A hint: the worker's probe is the truth. */
export async function sniffMediaType(head: Buffer, name: string): Promise<string> {
  if (head.length === 0) return unknown;
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  // XML may be an SVG, which is for us to tell.
  if (found && found.mime !== 'application/xml') return found.mime;
  return sniffText(head, name) ?? found?.mime ?? unknown;
}
