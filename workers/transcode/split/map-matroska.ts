import type { FileHandle } from 'node:fs/promises';
import type { FileMap } from './file-map.ts';
import { firstLook, readAt } from './read-at.ts';

const cluster = Buffer.from('1f43b675', 'hex');
const cues = Buffer.from('1c53bb6b', 'hex');
/** Clusters are five megabytes at most where we know their writers. */
const looksBack = [512 * 1024, 16 * 1024 ** 2];
const tailBytes = 1024 ** 2;

/**
 * RFC 9559: seeking goes by the cues, before the first cluster or after the last. Without them (what browsers record, live streams)
 * a reader goes from cluster to cluster and takes those that are there.
 */
export async function mapMatroska(file: FileHandle, bytes: number): Promise<FileMap | undefined> {
  const head = await readAt(file, 0, Math.min(bytes, firstLook));
  const firstCluster = head.indexOf(cluster);
  if (firstCluster < 0) return undefined;
  const tail = await readAt(file, Math.max(0, bytes - tailBytes), Math.min(bytes, tailBytes));
  const hasCues = head.subarray(0, firstCluster).lastIndexOf(cues) > 0 || tail.lastIndexOf(cues) >= 0;
  const headEnd = hasCues ? Math.min(bytes, firstCluster + firstLook) : firstCluster;
  return {
    always: [
      { first: 0, last: headEnd - 1 },
      { first: Math.max(0, bytes - tailBytes), last: bytes - 1 },
    ],
    ...(hasCues ? {} : { bridge: { element: 'void', at: firstCluster } }),
    async enclosing(position) {
      for (const bytesBack of looksBack) {
        const from = Math.max(0, position - bytesBack);
        const found = (await readAt(file, from, position - from)).lastIndexOf(cluster);
        if (found >= 0) return from + found;
      }
      return undefined;
    },
  };
}
