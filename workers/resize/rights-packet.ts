import type { Rights } from './read-rights.ts';

/** Whose picture it is, as XMP says it (ISO 16684-1, Dublin Core `rights` and `creator`). */
export function rightsPacket({ Copyright, Artist }: Rights): string {
  const rights =
    Copyright === undefined
      ? ''
      : `<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">${inXml(Copyright)}</rdf:li></rdf:Alt></dc:rights>`;
  const creator =
    Artist === undefined ? '' : `<dc:creator><rdf:Seq><rdf:li>${inXml(Artist)}</rdf:li></rdf:Seq></dc:creator>`;
  return (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    `<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">${rights}${creator}</rdf:Description>` +
    '</rdf:RDF></x:xmpmeta>'
  );
}

const inXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
