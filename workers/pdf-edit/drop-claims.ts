import type { Gathered } from './gather-sources.ts';
import { readObject, updateObjects } from './pdf-objects.ts';
import type { EditTask, Work } from './work.ts';

/** What turns pages or only looks leaves a document as sound an archive as it was. */
const harmless = new Set(['rotate', 'text', 'images']);

/** Whether the result may no longer be what it was: links lead to pages that are gone, stamps can be seen through, … */
export function breaksClaims({ params }: EditTask, { joined }: Gathered, isProtected: boolean): boolean {
  const { operations = [], optimise } = params;
  return joined || isProtected || Boolean(optimise) || operations.some(({ op }) => !harmless.has(op));
}

/** In an XMP packet, as an element or as an attribute. */
const claims = /<(pdfaid|pdfuaid):(\w+)\b[^>]*>[^<]*<\/\1:\2>|\s(?:pdfaid|pdfuaid):\w+\s*=\s*(?:"[^"]*"|'[^']*')/g;

/** PDF/A and PDF/UA are claimed in the XMP, which is copied with the rest; nobody here has checked whether the result still is. */
export async function dropClaims(task: EditTask, work: Work): Promise<Work> {
  const trailer = await readObject(task, work, 'trailer');
  const root = await readObject(task, work, String(trailer.value['/Root']));
  const packet = root.value['/Metadata'];
  if (typeof packet !== 'string') return work;
  const said = (await readObject(task, work, packet)).stream.toString('utf8');
  const kept = said.replace(claims, '');
  if (kept === said) return work;
  const stream = {
    data: Buffer.from(kept).toString('base64'),
    dict: { '/Type': '/Metadata', '/Subtype': '/XML' },
  };
  return updateObjects(task, work, [trailer.header, { [`obj:${packet}`]: { stream } }]);
}
