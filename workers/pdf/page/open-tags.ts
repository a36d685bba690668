import type PDFKit from 'pdfkit';
import type { Pen } from './pen.ts';
import type { Tag } from './tag.ts';

/** pdfkit's structure elements and marked contents, as far as they are used. */
interface Element {
  add(child: unknown): Element;
  end(): void;
}

interface Structure {
  struct(role: string, options?: { alt?: string; scope?: string }): Element;
  addStructure(element: Element): void;
  markStructureContent(role: string): unknown;
  markContent(role: string, options?: object): void;
  endMarkedContent(): void;
}

export interface Tags extends Pick<Pen, 'tagged'> {
  /** Writes the tree; nothing may be drawn after. */
  finish(): void;
}

export const noTags: Tags = {
  tagged: async (_, draw) => draw(),
  finish: () => {},
};

/** Marks what is drawn with what it is, so that a reader can say it aloud in order; what has no tag is decoration. */
export function openTags(document: PDFKit.PDFDocument): Tags {
  const structure = document as unknown as Structure;
  const root = structure.struct('Document');
  structure.addStructure(root);
  const elements = new Map<Tag, Element>();

  function elementOf(tag: Tag): Element {
    const known = elements.get(tag);
    if (known !== undefined) return known;
    const { alt, scope } = tag;
    const made = structure.struct(tag.role, {
      ...(alt !== undefined && { alt }),
      ...(scope !== undefined && { scope }),
    });
    (tag.parent === undefined ? root : elementOf(tag.parent)).add(made);
    elements.set(tag, made);
    return made;
  }

  return {
    async tagged(tag, draw) {
      if (tag === undefined) structure.markContent('Artifact', { type: 'Layout' });
      const element = tag === undefined ? undefined : elementOf(tag);
      const content = tag === undefined ? undefined : structure.markStructureContent(tag.role);
      await draw();
      structure.endMarkedContent();
      element?.add(content);
    },
    finish: () => root.end(),
  };
}
