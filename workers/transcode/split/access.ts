/** How a chunk opens an input of which it has only some bytes; the rest are zeros. */
export interface Access {
  /** The reader begins here instead of seeking by time: a container without an index is sought by trying, and a hole tells nothing. */
  readonly skipBytes?: number;
  /** What stands at the beginning of a hole, so that a reader steps over it. */
  readonly bridge?: Bridge;
}

/** An element of the container that fills a hole. */
export interface Bridge {
  /** `free`: a box of ISO 14496-12, 8.1.2. `void`: an element of RFC 8794, 11.3.2. */
  readonly element: 'free' | 'void';
  readonly at: number;
  readonly bytes: number;
}
