import type { MetadataWish } from './operation-params.ts';
import { type Dictionary, readObject, updateObjects } from './pdf-objects.ts';
import type { EditTask, Work } from './work.ts';

const keys = {
  title: '/Title',
  author: '/Author',
  subject: '/Subject',
  keywords: '/Keywords',
  creator: '/Creator',
} as const;

/**
 * Properties stand in two places: the Info dictionary and, in newer files, an XMP packet, which readers believe first. The
 * packet is replaced by one that says the same (and no longer claims PDF/A), or dropped when everything is stripped.
 */
export async function setMetadata(task: EditTask, work: Work, wish: MetadataWish): Promise<Work> {
  const trailer = await readObject(task, work, 'trailer');
  const [infoReference, rootReference] = [trailer.value['/Info'], trailer.value['/Root']];
  const info = typeof infoReference === 'string' ? (await readObject(task, work, infoReference)).value : {};
  const root = (await readObject(task, work, String(rootReference))).value;
  const fields = mergeFields(wish.strip ? {} : info, wish);
  const infoObject = `${trailer.header.maxobjectid + 1} 0 R`;
  const packetObject = `${trailer.header.maxobjectid + 2} 0 R`;
  const { '/Metadata': oldPacket, ...rest } = root;
  const keepsPacket = oldPacket !== undefined && !wish.strip;
  const header = { ...trailer.header, maxobjectid: trailer.header.maxobjectid + 2 };
  return updateObjects(task, work, [
    header,
    {
      trailer: { value: { ...trailer.value, '/Info': infoObject } },
      [`obj:${infoObject}`]: { value: fields },
      [`obj:${String(rootReference)}`]: { value: keepsPacket ? { ...rest, '/Metadata': packetObject } : rest },
      ...(keepsPacket ? { [`obj:${packetObject}`]: { stream: packetStream(fields) } } : {}),
    },
  ]);
}

/** An empty text takes a property away. */
function mergeFields(info: Dictionary, wish: MetadataWish): Dictionary {
  const wished = Object.entries(keys).flatMap(([name, key]) => {
    const value = wish[name as keyof typeof keys];
    return value === undefined ? [] : [[key, value === '' ? undefined : `u:${value}`] as const];
  });
  const merged = { ...info, ...Object.fromEntries(wished) };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

function packetStream(fields: Dictionary) {
  const packet = writePacket((key) => escapeXml(String(fields[key] ?? '').replace(/^u:/, '')));
  return { data: Buffer.from(packet).toString('base64'), dict: { '/Type': '/Metadata', '/Subtype': '/XML' } };
}

/** XMP (ISO 16684-1) with the Dublin Core names of what the Info dictionary says. */
function writePacket(value: (key: string) => string): string {
  const alt = (name: string, text: string) =>
    text && `<dc:${name}><rdf:Alt><rdf:li xml:lang="x-default">${text}</rdf:li></rdf:Alt></dc:${name}>`;
  const author = value('/Author');
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
${alt('title', value('/Title'))}${alt('description', value('/Subject'))}
${author && `<dc:creator><rdf:Seq><rdf:li>${author}</rdf:li></rdf:Seq></dc:creator>`}
<pdf:Keywords>${value('/Keywords')}</pdf:Keywords><xmp:CreatorTool>${value('/Creator')}</xmp:CreatorTool>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`;
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
