/** References of jobs → objects and addresses a worker can fetch. Uploads are held by the caller's transaction. */
import pMap from 'p-map';
import type { FieldError } from '../../shared/errors.ts';
import type { Queryable } from '../../shared/ledger/database.ts';
import type { ResolvedInput } from '../../shared/ledger/new-job.ts';
import { holdUploads, type StoredUpload } from '../../shared/ledger/uploads.ts';
import type { InputReference } from '../../shared/messages/job.ts';
import { mayReadKey } from '../../shared/store/keys.ts';
import type { ObjectFacts, ObjectStore } from '../../shared/store/object-store.ts';
import { inputPointer, refusal } from './check-job.ts';
import { keepableName } from './file-name.ts';
import type { JobPlan } from './job-plan.ts';

/** What the store knows of the objects that `{"key": …}` inputs name; absent: not there, or not this tenant's. */
export type KnownObjects = ReadonlyMap<string, ObjectFacts>;
export type KnownUploads = ReadonlyMap<string, StoredUpload>;

const headsAtOnce = 8;

/** Asks the store, outside of any transaction. */
export async function findObjects(
  store: ObjectStore,
  tenant: string,
  plans: readonly JobPlan[],
): Promise<KnownObjects> {
  const keys = [...new Set(plans.flatMap((plan) => Object.values(plan.inputs).flatMap((input) => keyOf(input) ?? [])))];
  const readable = keys.filter((key) => mayReadKey(tenant, key));
  const found = new Map<string, ObjectFacts>();
  const ask = async (key: string) => {
    const facts = await store.head(key);
    if (facts) found.set(key, facts);
  };
  await pMap(readable, ask, { concurrency: headsAtOnce });
  return found;
}

export async function findUploads(client: Queryable, tenant: string, plans: readonly JobPlan[]): Promise<KnownUploads> {
  const ids = plans.flatMap((plan) => Object.values(plan.inputs).flatMap((input) => uploadIdOf(input) ?? []));
  return await holdUploads(client, tenant, ids);
}

/** @throws AppError `invalid_request` naming every input that is not there. */
export function resolveInputs(
  plan: JobPlan,
  uploads: KnownUploads,
  objects: KnownObjects,
): Readonly<Record<string, ResolvedInput>> {
  const faults: FieldError[] = [];
  const resolved: Record<string, ResolvedInput> = {};
  for (const [name, reference] of Object.entries(plan.inputs)) {
    const input = resolveInput(reference, uploads, objects);
    if (typeof input === 'string') faults.push({ pointer: inputPointer(plan.request, name), detail: input });
    else resolved[name] = input;
  }
  if (faults.length > 0) throw refusal(faults);
  return resolved;
}

export function uploadInput(upload: Omit<StoredUpload, 'createdAt'>): ResolvedInput {
  const { name, bytes, mediaType, sha256 } = upload;
  return { source: { key: upload.objectKey }, name, bytes, mediaType, sha256 };
}

/** The input, or what is wrong with it. */
function resolveInput(reference: InputReference, uploads: KnownUploads, objects: KnownObjects): ResolvedInput | string {
  const id = uploadIdOf(reference);
  if (id !== undefined) {
    const upload = uploads.get(id);
    return upload ? uploadInput(upload) : `there is no upload ${id.slice(0, 80)}; it was deleted or never finished`;
  }
  const key = keyOf(reference);
  if (key !== undefined) {
    const facts = objects.get(key);
    if (!facts) return 'there is no such object that you may read';
    const { bytes, mediaType } = facts;
    return { source: { key }, name: keepableName(key, 'object'), bytes, mediaType, sha256: null };
  }
  const { url } = reference as { url: string };
  return { source: { url }, name: nameOfUrl(url), bytes: null, mediaType: null, sha256: null };
}

function nameOfUrl(text: string): string {
  const url = new URL(text);
  try {
    return keepableName(decodeURIComponent(url.pathname), url.hostname);
  } catch {
    return keepableName(url.pathname, url.hostname);
  }
}

function uploadIdOf(reference: InputReference): string | undefined {
  if (typeof reference === 'string') return reference;
  return 'upload' in reference ? reference.upload : undefined;
}

function keyOf(reference: InputReference): string | undefined {
  return typeof reference === 'object' && 'key' in reference ? reference.key : undefined;
}
