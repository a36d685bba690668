import type PDFKit from 'pdfkit';
import type { Pen } from '../../media/pdf/pen/pen.ts';
import type { Tag } from '../../media/pdf/pen/tag.ts';

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

/** Marked content cannot be nested, so a link ends what is around it and begins it anew. */
interface OpenContent {
  readonly element: Element;
  readonly role: string;
  readonly content: unknown;
}

export interface Tags extends Pick<Pen, 'tagged' | 'linked'> {
  /** The element of the link that is being drawn, which its area belongs to. */
  openLink(): object | undefined;
  /** Writes the tree; nothing may be drawn after. */
  finish(): void;
}

export const noTags: Tags = {
  tagged: async (_, draw) => draw(),
  linked: (draw) => draw(),
  openLink: () => undefined,
  finish: () => {},
};

/** Marks what is drawn with what it is, so that a reader can say it aloud in order; what has no tag is decoration. */
export function openTags(document: PDFKit.PDFDocument): Tags {
  const structure = document as unknown as Structure;
  const root = structure.struct('Document');
  structure.addStructure(root);
  const elementOf = keepElements(structure, root);
  let open: OpenContent | undefined;
  let link: Element | undefined;

  function begin(element: Element, role: string): OpenContent {
    return { element, role, content: structure.markStructureContent(role) };
  }

  function end({ element, content }: OpenContent): void {
    structure.endMarkedContent();
    element.add(content);
  }

  return {
    async tagged(tag, draw) {
      if (tag === undefined) structure.markContent('Artifact', { type: 'Layout' });
      else open = begin(elementOf(tag), tag.role);
      await draw();
      if (open === undefined) structure.endMarkedContent();
      else end(open);
      open = undefined;
    },
    linked(draw) {
      if (open === undefined) return draw();
      const around = open;
      end(around);
      link = structure.struct('Link');
      around.element.add(link);
      const inside = begin(link, 'Link');
      draw();
      end(inside);
      // An element names the page that is open when it ends.
      link.end();
      link = undefined;
      open = begin(around.element, around.role);
    },
    openLink: () => link,
    finish: () => root.end(),
  };
}

/** One element for each tag, in the element of its parent. */
function keepElements(structure: Structure, root: Element): (tag: Tag) => Element {
  const elements = new Map<Tag, Element>();
  return function elementOf(tag) {
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
  };
}
