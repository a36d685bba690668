import type PDFKit from 'pdfkit';

export interface Properties {
  readonly title?: string | undefined;
  readonly author?: string | undefined;
  readonly subject?: string | undefined;
  readonly keywords?: readonly string[] | undefined;
}

/** What the document says of itself, by pdfkit's names. */
export function documentInfo({ title, author, subject, keywords }: Properties): Record<string, string> {
  const given = { Title: title, Author: author, Subject: subject, Keywords: keywords?.join(', ') };
  const said = Object.entries(given).filter(([, text]) => text !== undefined);
  const info = said.map(([name, text]) => [name, oneLine(String(text))]);
  return { Producer: 'mediafarm', Creator: 'mediafarm', ...Object.fromEntries(info) };
}

/** XML has no place for control characters and halves of letters, and the two copies of a property have to be the same. */
const oneLine = (text: string) =>
  text
    .replace(/\s*[\p{Cc}\u2028\u2029]+\s*/gu, ' ')
    .replace(/[\p{Cs}\ufffe\uffff]/gu, '')
    .trim();

interface Internals {
  info: Record<string, unknown>;
  _addInfo(): void;
}

/** pdfkit writes the properties into the XMP as they are, so a title with `&` would not be XML any more. */
export function escapeXmp(document: PDFKit.PDFDocument): void {
  const inside = document as unknown as Internals;
  const write = inside._addInfo.bind(inside);
  inside._addInfo = () => {
    const { info } = inside;
    const escaped = Object.entries(info).map(([name, value]) => [
      name,
      typeof value === 'string' ? escapeXml(value) : value,
    ]);
    inside.info = Object.fromEntries(escaped);
    write();
    inside.info = info;
  };
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
