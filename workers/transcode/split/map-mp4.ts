import type { FileHandle } from 'node:fs/promises';
import type { ByteRange } from './byte-ranges.ts';
import type { FileMap } from './file-map.ts';
import { lastAtOrBefore } from './place-cuts.ts';
import { firstLook, readAt } from './read-at.ts';

interface Box {
  readonly type: string;
  readonly first: number;
  /** One past its last byte. */
  readonly end: number;
  /** Of the header. */
  readonly headerBytes: number;
}

/** A film of six hours has as many of four seconds; more than this is one for each picture, and reading them takes longer than fetching. */
const mostFragments = 50_000;
/** A fragment has up to four. */
const mostBoxes = 4 * mostFragments;

/** ISO 14496-12: everything outside the `mdat` boxes is index; where there are fragments each brings its own. */
export async function mapMp4(file: FileHandle, bytes: number): Promise<FileMap | undefined> {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes; ) {
    const box = readHeader(await readAt(file, at, 16), at, bytes);
    if (box === undefined) return undefined;
    boxes.push(box);
    if (boxes.length > mostBoxes) return undefined;
    at = box.end;
  }
  if (boxes.some(({ type }) => type === 'moof')) return mapFragments(file, boxes);
  if (!boxes.some(({ type }) => type === 'mdat')) return undefined;
  const always = boxes.map(({ type, first, end }): ByteRange => {
    return { first, last: (type === 'mdat' ? Math.min(end, first + firstLook) : end) - 1 };
  });
  return { always, enclosing: async (position) => position };
}

/** ISO 14496-12, 4.2: size 1 means that a longer one follows, 0 that the box is the last. */
function readHeader(header: Buffer, at: number, limit: number): Box | undefined {
  const short = header.readUInt32BE(0);
  const size = short === 1 ? Number(header.readBigUInt64BE(8)) : short === 0 ? limit - at : short;
  const headerBytes = short === 1 ? 16 : 8;
  if (size < headerBytes) return undefined;
  return { type: header.toString('latin1', 4, 8), first: at, end: Math.min(limit, at + size), headerBytes };
}

/**
 * A reader goes from one fragment to the next and takes the ones that are there. Each has to say when it begins (`tfdt`), and no
 * pictures may lie outside of them.
 */
async function mapFragments(file: FileHandle, boxes: readonly Box[]): Promise<FileMap | undefined> {
  const fragments = boxes.filter(({ type }) => type === 'moof');
  const head = boxes.slice(
    0,
    boxes.findIndex(({ type }) => type === 'moof'),
  );
  if (!head.some(({ type }) => type === 'moov') || head.some(({ type }) => type === 'mdat')) return undefined;
  if (fragments.length > mostFragments) return undefined;
  for (const fragment of fragments) if (!(await saysWhen(file, fragment))) return undefined;
  const starts = fragments.map(({ first }) => first);
  const at = starts[0] ?? 0;
  const lastByte = (boxes.at(-1)?.end ?? 0) - 1;
  return {
    always: [{ first: 0, last: at - 1 }],
    bridge: { element: 'free', at },
    enclosing: async (position) => starts[lastAtOrBefore(starts, position)],
    ending: (position) => (starts[lastAtOrBefore(starts, position) + 1] ?? lastByte + 1) - 1,
  };
}

const mostIndexBytes = 4 * 1024 ** 2;

async function saysWhen(file: FileHandle, { first, end, headerBytes }: Box): Promise<boolean> {
  if (end - first > mostIndexBytes) return false;
  const content = await readAt(file, first + headerBytes, end - first - headerBytes);
  const tracks = childrenOf(content).filter(({ type }) => type === 'traf');
  return (
    tracks.length > 0 &&
    tracks.every((track) =>
      childrenOf(content.subarray(track.first + track.headerBytes, track.end)).some(({ type }) => type === 'tfdt'),
    )
  );
}

function childrenOf(content: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + 16 <= content.length; ) {
    const box = readHeader(content.subarray(at, at + 16), at, content.length);
    if (box === undefined) break;
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}
