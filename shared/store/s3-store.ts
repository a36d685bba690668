import type { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Environment } from '../env.ts';
import type { Log } from '../log.ts';
import type { Health } from '../part.ts';
import { guardBody } from './guard-body.ts';
import type { ByteRange, ObjectFacts, ObjectStore } from './object-store.ts';
import { putObject } from './put-object.ts';
import { createS3Client, timeoutsMs } from './s3-client.ts';
import { asS3Error, storeUnavailable } from './store-errors.ts';

interface Bucket {
  readonly client: S3Client;
  readonly bucket: string;
}

const small = { requestTimeout: timeoutsMs.small };
const bodyIdleMs = 30_000;
/** DeleteObjects takes no more. */
const keysPerDelete = 1000;

/** Resolves even while the server is away (`health` says so and tries again), so that parts may start in any order. */
export async function openS3Store(options: {
  bucket: string;
  environment: Environment;
  log: Log;
}): Promise<ObjectStore> {
  const { bucket, environment, log } = options;
  const client = createS3Client(environment);
  const at: Bucket = { client, bucket };
  const first = await checkBucket(at);
  if (!first.ok) log.warn({ bucket, reason: first.reason }, 'store.not_ready');
  return {
    put: async (key, body, options) => ({ bytes: await putObject({ ...at, key }, body, options) }),
    get: (key, options = {}) => getObject(at, key, options),
    head: (key) => headObject(at, key),
    delete: (keys) => deleteObjects(at, keys),
    list: (prefix) => listObjects(at, prefix),
    presignGet: (key, expiresInSeconds) =>
      getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: expiresInSeconds }),
    health: () => checkBucket(at),
    close: async () => client.destroy(),
  };
}

async function getObject(
  { client, bucket }: Bucket,
  key: string,
  { range, signal }: { range?: ByteRange; signal?: AbortSignal },
): Promise<ObjectFacts & { readonly body: Readable }> {
  const wanted = range ? { Range: `bytes=${range.first}-${range.last}` } : {};
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...wanted });
  try {
    const answer = await client.send(command, { ...small, ...(signal ? { abortSignal: signal } : {}) });
    const whole = answer.ContentRange?.split('/')[1] ?? answer.ContentLength;
    const facts = toFacts(key, { ...answer, ContentLength: Number(whole) });
    return { ...facts, body: guardBody(answer.Body as Readable, bodyIdleMs, signal) };
  } catch (error) {
    throw signal?.aborted ? signal.reason : asS3Error(error);
  }
}

async function headObject({ client, bucket }: Bucket, key: string): Promise<ObjectFacts | undefined> {
  try {
    return toFacts(key, await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), small));
  } catch (error) {
    const known = asS3Error(error);
    if (known.code === 'object_not_found') return undefined;
    throw known;
  }
}

async function deleteObjects({ client, bucket }: Bucket, keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += keysPerDelete) {
    const Objects = keys.slice(at, at + keysPerDelete).map((Key) => ({ Key }));
    const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
    const { Errors: [refused] = [] } = await client.send(command, small).catch(failed);
    if (refused) throw storeUnavailable(new Error(`S3 did not delete an object: ${refused.Code} ${refused.Message}`));
  }
}

async function* listObjects(
  { client, bucket }: Bucket,
  prefix: string,
): AsyncGenerator<Omit<ObjectFacts, 'mediaType'>> {
  let continuation: { ContinuationToken: string } | undefined;
  do {
    const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...continuation });
    const page = await client.send(command, small).catch(failed);
    for (const { Key = '', Size = 0, ETag, LastModified } of page.Contents ?? []) {
      yield { key: Key, bytes: Size, etag: unquote(ETag), modifiedAt: LastModified ?? new Date(0) };
    }
    continuation = page.NextContinuationToken ? { ContinuationToken: page.NextContinuationToken } : undefined;
  } while (continuation);
}

/** Makes the bucket when it is missing. */
async function checkBucket({ client, bucket }: Bucket): Promise<Health> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }), small).catch(async (error: unknown) => {
      if (asS3Error(error).code !== 'object_not_found') throw error;
      await client.send(new CreateBucketCommand({ Bucket: bucket }), small).catch(unlessOurs);
    });
    return { name: 'store', ok: true };
  } catch (error) {
    const cause = asS3Error(error).cause as Error;
    return {
      name: 'store',
      ok: false,
      reason: `The S3 bucket ${bucket} cannot be used: ${cause.name} ${cause.message}`,
    };
  }
}

/** Another part was faster. */
function unlessOurs(error: unknown): void {
  if ((error as Error).name !== 'BucketAlreadyOwnedByYou') throw error;
}

interface Answer {
  readonly ContentLength?: number | undefined;
  readonly ContentType?: string | undefined;
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
}

function toFacts(key: string, answer: Answer): ObjectFacts {
  return {
    key,
    bytes: answer.ContentLength ?? 0,
    mediaType: answer.ContentType ?? 'application/octet-stream',
    etag: unquote(answer.ETag),
    modifiedAt: answer.LastModified ?? new Date(0),
  };
}

function unquote(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}

function failed(error: unknown): never {
  throw asS3Error(error);
}
