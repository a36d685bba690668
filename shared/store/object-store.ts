/** The port to the object store; adapters: s3-store and file-store. Both pass `test/conformance/store-suite.ts`. */
import type { Readable } from 'node:stream';
import type { Health } from '../part.ts';

export interface ObjectFacts {
  readonly key: string;
  readonly bytes: number;
  readonly mediaType: string;
  readonly etag: string;
  readonly modifiedAt: Date;
}

export interface PutOptions {
  readonly mediaType: string;
  readonly signal?: AbortSignal;
}

/** First and last byte, both inclusive, as in RFC 9110 `Range`. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export interface ObjectStore {
  /** Streams a body of unknown length; nothing is visible under the key until all of it is stored. Overwrites. */
  put(key: string, body: Readable | Buffer, options: PutOptions): Promise<{ readonly bytes: number }>;
  /** @throws AppError `object_not_found`, `store_unavailable` (retryable). The stream must be read or destroyed. */
  get(
    key: string,
    options?: { range?: ByteRange; signal?: AbortSignal },
  ): Promise<ObjectFacts & { readonly body: Readable }>;
  head(key: string): Promise<ObjectFacts | undefined>;
  /** Deleting what is not there is no error. */
  delete(keys: readonly string[]): Promise<void>;
  /** Keys that start with `prefix`, ascending. */
  list(prefix: string): AsyncIterable<ObjectFacts>;
  /** A URL anyone may GET for that long, or undefined where the store has no such thing. */
  presignGet(key: string, expiresInSeconds: number): Promise<string | undefined>;
  health(): Promise<Health>;
  close(): Promise<void>;
}
