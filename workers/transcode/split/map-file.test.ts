import type { FileHandle } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { FileMap } from './file-map.ts';
import { mapFile } from './map-file.ts';

function mapOf(demuxer: string, content: Buffer): Promise<FileMap | undefined> {
  const read = async (buffer: Buffer, offset: number, length: number, position: number) => {
    return { buffer, bytesRead: content.copy(buffer, offset, position, position + length) };
  };
  const file = { read } as unknown as FileHandle;
  return mapFile(file, { demuxer, bytes: content.length, codec: 'h264' });
}

function list(id: string, kind: string, content: Buffer): Buffer {
  const header = Buffer.from(`${id}    ${kind}`, 'latin1');
  header.writeUInt32LE(4 + content.length, 4);
  return Buffer.concat([header, content]);
}

/** An index of indexes of AVI, of which so many bytes are there. */
function indexes(entries: number, bytes: number): Buffer {
  const index = Buffer.alloc(bytes);
  index.write('indx', 'latin1');
  index.writeUInt32LE(entries, 12);
  return index;
}

const avi = (...content: Buffer[]) => list('RIFF', 'AVI ', Buffer.concat(content));

it('reads as many entries of an index of AVI as are there', async () => {
  const map = await mapOf('avi', avi(list('LIST', 'hdrl', indexes(2 ** 32 - 1, 32 + 3 * 16))));
  expect(map?.always).toHaveLength(2 + 3);
});

it.each([
  ['an index of AVI', [list('LIST', 'hdrl', indexes(2 ** 32 - 1, 4_000_000))]],
  [
    'many indexes of AVI that lie in each other',
    [list('LIST', 'hdrl', Buffer.concat(Array(2000).fill(indexes(2 ** 32 - 1, 32))))],
  ],
  ['an AVI file', Array(10_001).fill(list('LIST', 'INFO', Buffer.alloc(0)))],
])('takes the whole file when %s names more pieces than a film has', async (_, content) => {
  expect(await mapOf('avi', avi(list('idx1', '    ', Buffer.alloc(0)), ...content))).toBeUndefined();
});

it('takes the whole file when an MP4 has more boxes than a film has', async () => {
  const box = (type: string) => Buffer.concat([Buffer.from([0, 0, 0, 8]), Buffer.from(type, 'latin1')]);
  expect(await mapOf('mov', Buffer.concat([box('mdat'), box('free')]))).toBeDefined();
  expect(await mapOf('mov', Buffer.concat([box('mdat'), ...Array(200_000).fill(box('free'))]))).toBeUndefined();
});
