import type PDFKit from 'pdfkit';
import { openTextPen } from '../../media/pdf/pen/open-text-pen.ts';
import type { Pen } from '../../media/pdf/pen/pen.ts';
import type { Tags } from './open-tags.ts';

/** Draws on the current page of a pdfkit document. */
export function openPen(
  document: PDFKit.PDFDocument,
  tags: Tags,
  { outline }: Pick<Pen, 'outline'>,
  look: { readonly everyGlyph: boolean },
): Pen {
  return {
    tagged: tags.tagged,
    linked: tags.linked,
    outline,
    ...openTextPen(document, look),
    ...openShapePen(document),
    ...openPlacePen(document, tags),
  };
}

function openShapePen(document: PDFKit.PDFDocument): Pick<Pen, 'rectangle' | 'line' | 'path' | 'dots'> {
  return {
    rectangle: (x, y, width, height, colour) => void document.rect(x, y, width, height).fill(colour),
    line(x1, y1, x2, y2, colour, thickness) {
      document.moveTo(x1, y1).lineTo(x2, y2).lineWidth(thickness).stroke(colour);
    },
    dots(x1, x2, y, colour) {
      document.moveTo(x1, y).lineTo(x2, y).lineWidth(0.7).dash(0.7, { space: 2.6 }).stroke(colour).undash();
    },
    path(d, { fill, stroke, thickness }) {
      document.path(d).lineWidth(thickness ?? 1);
      if (fill !== undefined && stroke !== undefined) document.fillAndStroke(fill, stroke);
      else if (fill !== undefined) document.fill(fill);
      else document.stroke(stroke ?? '#000000');
    },
  };
}

function openPlacePen(document: PDFKit.PDFDocument, tags: Tags): Pick<Pen, 'link' | 'destination'> {
  return {
    link(link, { x, y, width, height }, says) {
      const structParent = tags.openLink() as PDFKit.PDFStructureElement | undefined;
      // pdfkit writes a plain string as a name.
      const options = { Contents: new String(says) as string, ...(structParent && { structParent }) };
      if ('url' in link) document.link(x, y, width, height, link.url, options);
      else document.goTo(x, y, width, height, link.goTo, options);
    },
    destination: (name, y) => void document.addNamedDestination(name, 'XYZ', 0, y, null),
  };
}
