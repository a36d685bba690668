import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../env.ts';
import type { Log } from '../log.ts';
import type { ObjectStore } from './object-store.ts';

export interface StoreOptions {
  /** `file:///directory` (or `file:directory`, from where we run) or `s3://bucket`. */
  readonly url: string;
  /** The standard `AWS_*` variables; read for `s3:` only. */
  readonly environment: Environment;
  readonly log: Log;
}

/** Opens the object store a URL names; the directory or the bucket is made when it is missing. */
export async function openStore({ url, environment, log }: StoreOptions): Promise<ObjectStore> {
  if (url.startsWith('s3://')) {
    // The SDK takes a third of a second to load; a farm on files does without.
    const { openS3Store } = await import('./s3-store.ts');
    return await openS3Store({ bucket: new URL(url).hostname, environment, log });
  }
  const { openFileStore } = await import('./file-store.ts');
  return await openFileStore(url.startsWith('file://') ? fileURLToPath(url) : resolve(url.replace(/^file:/, '')));
}
