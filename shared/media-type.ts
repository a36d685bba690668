import { fileTypeFromBuffer } from 'file-type';

/** How many bytes from the start of a file `sniffMediaType` wants to see. */
export const sniffBytes = 65_536;

export const unknownMediaType = 'application/octet-stream';

const textByExtension: Readonly<Record<string, string>> = {
  md: 'text/markdown',
  markdown: 'text/markdown',
  csv: 'text/csv',
  json: 'application/json',
  html: 'text/html',
  htm: 'text/html',
  vtt: 'text/vtt',
  m3u8: 'application/vnd.apple.mpegurl',
};

/**
 * The media type of a file by its content; the name breaks ties between kinds of text only. A hint that picks the loader,
 * never a proof that the file decodes.
 * @param head the first `sniffBytes` bytes, or all of a smaller file
 */
export async function sniffMediaType(head: Buffer, name: string): Promise<string> {
  const found = await fileTypeFromBuffer(head).catch(() => undefined);
  if (found !== undefined && found.mime !== 'application/xml') return found.mime;
  return sniffText(head, name);
}

function sniffText(head: Buffer, name: string): string {
  const text = decodeText(head);
  if (text === undefined) return unknownMediaType;
  const start = text.slice(0, 4096).trimStart();
  if (/^(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*(<!DOCTYPE svg[\s\S]*?>\s*)?<svg[\s>]/i.test(start))
    return 'image/svg+xml';
  if (/^<svg[\s>]|<svg\s[^>]*xmlns/i.test(start)) return 'image/svg+xml';
  if (start.startsWith('#EXTM3U')) return 'application/vnd.apple.mpegurl';
  if (/^(<!doctype html|<html[\s>])/i.test(start)) return 'text/html';
  if (start.startsWith('<?xml')) return 'application/xml';
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return textByExtension[extension] ?? 'text/plain';
}

/** UTF-8 without control characters, or undefined. A character cut at the end of `head` is no fault. */
function decodeText(head: Buffer): string | undefined {
  if (head.length === 0) return undefined;
  const text = new TextDecoder('utf-8').decode(head, { stream: true });
  return /\ufffd/.test(text) || head.some(isControl) ? undefined : text;
}

/** Bytes that no text holds; tab, line feed, form feed, carriage return and escape (coloured logs) are text. */
function isControl(byte: number): boolean {
  return byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b;
}
