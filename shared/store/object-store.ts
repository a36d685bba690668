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
  /**
   * Streams a body of unknown length; nothing is visible under the key until all of it is stored. Overwrites. A body that
   * breaks or a signal that aborts leaves nothing and throws that very error. @throws AppError `store_unavailable`.
   */
  put(key: string, body: Readable | Buffer, options: PutOptions): Promise<{ readonly bytes: number }>;
  /**
   * `bytes` is always the size of the whole object. The stream must be read or destroyed; it may break with the same errors.
   * @throws AppError `object_not_found`, `store_unavailable` (retryable), `invalid_request` for a range beyond the end.
   */
  get(
    key: string,
    options?: { range?: ByteRange; signal?: AbortSignal },
  ): Promise<ObjectFacts & { readonly body: Readable }>;
  head(key: string): Promise<ObjectFacts | undefined>;
  /** Deleting what is not there is no error. */
  delete(keys: readonly string[]): Promise<void>;
  /** Keys that start with `prefix`, ascending by their UTF-8 bytes. S3 does not tell media types here: ask `head`. */
  list(prefix: string): AsyncIterable<Omit<ObjectFacts, 'mediaType'>>;
  /** A URL anyone may GET for that long, or undefined where the store has no such thing. */
  presignGet(key: string, expiresInSeconds: number): Promise<string | undefined>;
  health(): Promise<Health>;
  close(): Promise<void>;
}
