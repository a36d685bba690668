import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import { type Placing, placeBox, type Size } from './place-box.ts';
import type { EditTask } from './work.ts';

/** Something to be drawn around the origin, which lies in its middle. */
export interface Drawable {
  measure(document: PDFKit.PDFDocument): Size;
  draw(document: PDFKit.PDFDocument, box: Size): void;
}

export interface Stamp extends Placing {
  readonly page: Size;
  readonly drawable: Drawable;
  readonly opacity: number;
}

/** A document of stamps, one page for each page they go on and as large as it is seen, to be laid on by qpdf. */
export async function writeStamps({ scratch, signal }: EditTask, stamps: readonly Stamp[]): Promise<string> {
  const path = join(scratch, `stamps-${randomUUID()}.pdf`);
  const document = new PDFDocument({ autoFirstPage: false, margin: 0 });
  const file = document.pipe(createWriteStream(path));
  for (const [index, stamp] of stamps.entries()) {
    signal.throwIfAborted();
    drawStamp(document, stamp);
    if (index % 50 === 49) await setImmediate();
  }
  document.end();
  await finished(file);
  return path;
}

function drawStamp(document: PDFKit.PDFDocument, stamp: Stamp): void {
  const { page, drawable, opacity } = stamp;
  document.addPage({ size: [page.width, page.height], margin: 0 });
  const box = drawable.measure(document);
  const { x, y } = placeBox(page, box, stamp);
  document.save().translate(x, y).rotate(stamp.angle).opacity(opacity);
  drawable.draw(document, box);
  document.restore();
}
