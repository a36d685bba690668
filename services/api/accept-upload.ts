import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { StoredUpload } from '../../shared/ledger/uploads.ts';
import { sniffBytes, sniffMediaType } from '../../shared/media-type.ts';
import { newId } from '../../shared/messages/ids.ts';
import { uploadKey } from '../../shared/store/keys.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { meterBody } from './meter-body.ts';

/** A file as it arrives. `name` is already fit to keep. */
export interface IncomingFile {
  readonly name: string;
  readonly body: Readable;
}

/** What makes two requests with the same Idempotency-Key the same. */
export interface FileDigest {
  readonly name: string;
  readonly sha256: string;
}

/** An upload whose object is in the store and that the ledger does not know yet. */
export type NewUpload = Omit<StoredUpload, 'createdAt'>;

interface UploadDeps {
  readonly store: ObjectStore;
  readonly maxUploadBytes: number;
}

/**
 * Streams a file into the store: sniffed by its beginning, hashed and counted on the way. When the sender leaves or the file
 * is too large the store keeps nothing. An empty file is taken: the step that uses it says so to the person who made the job.
 */
export async function acceptUpload(deps: UploadDeps, tenant: string, file: IncomingFile): Promise<NewUpload> {
  const id = newId('up');
  const objectKey = uploadKey(tenant, id);
  const body = meterBody(file.body, deps.maxUploadBytes);
  const mediaType = await sniffMediaType(await body.peek(sniffBytes), file.name);
  try {
    await deps.store.put(objectKey, body.rest(), { mediaType });
  } catch (error) {
    throw body.failure ?? error;
  }
  return { id, tenant, name: file.name, objectKey, mediaType, ...body.facts() };
}

/** Reads the same file and keeps nothing: to compare a repeated request with the first. */
export async function digestUpload(deps: Pick<UploadDeps, 'maxUploadBytes'>, file: IncomingFile): Promise<FileDigest> {
  const body = meterBody(file.body, deps.maxUploadBytes);
  await finished(body.rest().resume());
  return { name: file.name, sha256: body.facts().sha256 };
}
