import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import type { Pen } from '../../media/pdf/pen/pen.ts';
import { documentInfo, escapeXmp, type Properties } from './document-info.ts';
import { openOutline } from './open-outline.ts';
import { openPen } from './open-pen.ts';
import { noTags, openTags } from './open-tags.ts';

/** A PDF that is written to disk while it is made: at most one page and a stream buffer are in memory. */
export interface PdfFile {
  readonly pen: Pen;
  /** Points. Waits until the pages before are on their way to the disk. */
  addPage(width: number, height: number): Promise<void>;
  pages(): number;
  /** Embeds a file, which readers list under its name. */
  attach(bytes: Buffer, facts: AttachmentFacts): void;
  /** Writes fonts and the table of contents of the file; resolves when all bytes are on disk. */
  finish(): Promise<void>;
  /** Lets go of the file when the layout failed. */
  abandon(): void;
}

export interface AttachmentFacts {
  readonly name: string;
  readonly description: string | undefined;
  readonly relationship: string;
  readonly mime: string;
}

export interface PdfProperties extends Properties {
  /** BCP 47, of the text. */
  readonly language?: string | undefined;
  readonly tagged: boolean;
  /** PDF 1.4 without transparency, with its colours' profile (ISO 19005-1, level B); what is drawn has to keep to it. */
  readonly conformance?: 'PDF/A-1b' | undefined;
}

export function openPdfFile(path: string, properties: PdfProperties): PdfFile {
  const document = new PDFDocument({
    autoFirstPage: false,
    // Without a standard font: those are not embedded, and text outside WinAnsi would come out as garbage.
    font: null as unknown as string,
    pdfVersion: '1.7',
    ...(properties.conformance === 'PDF/A-1b' && { pdfVersion: '1.4', subset: 'PDF/A-1b' }),
    margin: 0,
    tagged: properties.tagged,
    ...(properties.language !== undefined && { lang: properties.language }),
    displayTitle: properties.title !== undefined,
    info: documentInfo(properties),
  });
  escapeXmp(document);
  const tags = properties.tagged ? openTags(document) : noTags;
  const outline = openOutline(document);
  const file = createWriteStream(path);
  const written = finished(file);
  written.catch(() => {});
  document.pipe(file);
  let pages = 0;
  let attached = 0;
  return {
    pen: openPen(document, tags, outline, { everyGlyph: properties.conformance !== undefined }),
    async addPage(width, height) {
      document.addPage({ size: [width, height], margin: 0 });
      pages++;
      await setImmediate();
      while (file.writableNeedDrain) await Promise.race([once(file, 'drain'), written]);
    },
    pages: () => pages,
    attach: (bytes, facts) => embed(document, attached++, bytes, facts),
    async finish() {
      tags.finish();
      outline.finish();
      document.end();
      await written;
    },
    abandon: () => void file.destroy(),
  };
}

function embed(document: PDFKit.PDFDocument, position: number, bytes: Buffer, facts: AttachmentFacts): void {
  const { name, description, relationship, mime } = facts;
  const options = { name, relationship, type: mime, hidden: true, ...(description !== undefined && { description }) };
  const specification = document.file(bytes, options) as unknown as PDFKit.PDFKitReference;
  // Readers look a key up by halving, so keys have to be in the order of their bytes; pdfkit would sort names by language.
  document.addNamedEmbeddedFile(String(position).padStart(4, '0'), specification);
}
