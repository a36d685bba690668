/** PDFs for tests: pages of text by pdfkit, and files written by hand where pdfkit is too well-behaved. */
import { deflateSync } from 'node:zlib';
import PDFDocument from 'pdfkit';

interface Wish {
  readonly size?: string | [number, number];
  /** Each page lies turned by so many degrees, as a scanner leaves it. */
  readonly rotate?: number;
  readonly pdfVersion?: PDFKit.PDFDocumentOptions['pdfVersion'];
  readonly userPassword?: string;
  readonly ownerPassword?: string;
  readonly info?: Readonly<Record<string, string>>;
  /** Draws more on each page. */
  readonly draw?: (document: PDFKit.PDFDocument, index: number) => void;
}

/** One page for each text. */
export async function makePdf(texts: readonly string[], wish: Wish = {}): Promise<Buffer> {
  const { rotate, draw, size = 'A4', info = {}, ...options } = wish;
  const document = new PDFDocument({ autoFirstPage: false, size, info: { ...info }, ...options });
  for (const [index, text] of texts.entries()) {
    document.addPage({ size });
    if (rotate !== undefined) (document.page.dictionary.data as Record<string, unknown>).Rotate = rotate;
    document.fontSize(24).text(text);
    draw?.(document, index);
  }
  document.end();
  const chunks: Buffer[] = [];
  for await (const chunk of document) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

interface StreamObject {
  readonly dictionary: string;
  readonly stream: Buffer;
}

/** Objects 1 (catalog), 2 (pages), 3 … (each page), then the streams; without an index, which every reader rebuilds. */
export function writePdf(
  pages: readonly string[],
  streams: readonly StreamObject[] = [],
  { catalog = '' }: { readonly catalog?: string } = {},
): Buffer {
  const kids = pages.map((_, index) => `${index + 3} 0 R`).join(' ');
  const objects: Buffer[] = [
    Buffer.from(`<< /Type /Catalog /Pages 2 0 R ${catalog} >>`),
    Buffer.from(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`),
    ...pages.map((page) => Buffer.from(page)),
    ...streams.map(({ dictionary, stream }) =>
      Buffer.concat([
        Buffer.from(`<< ${dictionary} /Length ${stream.length} >>\nstream\n`),
        stream,
        Buffer.from('\nendstream'),
      ]),
    ),
  ];
  const body = objects.flatMap((object, index) => [
    Buffer.from(`${index + 1} 0 obj\n`),
    object,
    Buffer.from('\nendobj\n'),
  ]);
  return Buffer.concat([Buffer.from('%PDF-1.7\n'), ...body, Buffer.from('trailer << /Root 1 0 R >>\n%%EOF\n')]);
}

/** Two layers of deflate, 4 GB of drawing commands. */
export function deflateBomb(): Buffer {
  const inner = deflateSync(Buffer.alloc(256 * 1024 ** 2, '0 0 m 9 9 l S\n'), { level: 9 });
  const stream = deflateSync(inner, { level: 9 });
  const content = Array.from({ length: 16 }, () => '4 0 R').join(' ');
  return writePdf(
    [`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents [${content}] >>`],
    [{ dictionary: '/Filter [/FlateDecode /FlateDecode]', stream }],
  );
}
