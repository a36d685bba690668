import { fileTypeFromBuffer } from 'file-type';
import { sniffText } from './sniff-text.ts';

/** How many bytes from the start of a file `sniffMediaType` wants to see. */
export const sniffBytes = 65_536;

export const unknownMediaType = 'application/octet-stream';

/**
 * The media type of a file by its content; the name breaks ties between kinds of text only. A hint that picks the loader,
 * never a proof that the file decodes.
 * @param head the first `sniffBytes` bytes, or all of a smaller file
 */
export async function sniffMediaType(head: Buffer, name: string): Promise<string> {
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  if (found !== undefined && found.mime !== 'application/xml') return found.mime;
  return sniffText(head, name) ?? unknownMediaType;
}
