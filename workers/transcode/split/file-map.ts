import type { Bridge } from './access.ts';
import type { ByteRange } from './byte-ranges.ts';

/** Which bytes of a container a reader needs. */
export interface FileMap {
  /** Index, headers, tables: wherever it begins. */
  readonly always: readonly ByteRange[];
  /** Where a reader lands when it opens the file at this byte of a packet: the start of what encloses it; undefined: unknown. */
  enclosing(position: number): Promise<number | undefined>;
  /** The last byte of what encloses this one; absent: it may end anywhere. */
  ending?(position: number): number;
  /** Readers go through all from this byte on, so a hole that begins here needs a header that steps over it. */
  readonly bridge?: Pick<Bridge, 'element' | 'at'>;
  /** Readers can begin in the middle, at a byte of `enclosing`, and cannot seek where holes are. */
  readonly opensAnywhere?: boolean;
}
