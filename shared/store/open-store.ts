import type { Environment } from '../env.ts';
import type { Log } from '../log.ts';
import type { ObjectStore } from './object-store.ts';

export interface StoreOptions {
  /** `file:///directory` or `s3://bucket`. */
  readonly url: string;
  /** The standard `AWS_*` variables; read for `s3:` only. */
  readonly environment: Environment;
  readonly log: Log;
}

/** Opens the object store a URL names; the directory or the bucket is made when it is missing. */
export async function openStore(options: StoreOptions): Promise<ObjectStore> {
  throw new Error(`not yet: ${options.url}`);
}
