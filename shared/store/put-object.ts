import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PutObjectCommand, type S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { PutOptions } from './object-store.ts';
import { asS3Error } from './store-errors.ts';

/** S3 allows 10 000 parts, so an object may have 78 GiB; a put holds at most about (parts + 1) × 2 × 8 MiB in memory. */
const partBytes = 8 * 1024 * 1024;
const partsAtOnce = 3;

interface Target {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
}

/**
 * Streams a body to S3: one PUT when it fits into a part, a multipart upload otherwise. When it fails the parts are
 * removed before it throws. `Upload`'s own abort does not do that: it answers at once and leaves the parts when the body
 * stalls and the PUT when it is on its way; so the signal breaks the body and the requests instead.
 */
export async function putObject(target: Target, body: Readable | Buffer, options: PutOptions): Promise<number> {
  const { mediaType, signal } = options;
  signal?.throwIfAborted();
  const source = Buffer.isBuffer(body) ? Readable.from([body]) : body;
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const feeding = pipeline(source, counted, ...(signal ? [{ signal }] : [])).catch(() => undefined);
  try {
    await startUpload(target, counted, mediaType, signal).done();
    return bytes;
  } catch (error) {
    // The body broke first: its error is the caller's, not the store's.
    throw signal?.aborted ? signal.reason : (counted.errored ?? asS3Error(error));
  } finally {
    counted.destroy();
    await feeding;
  }
}

function startUpload(target: Target, body: Readable, mediaType: string, signal: AbortSignal | undefined): Upload {
  return new Upload({
    client: withSignal(target.client, signal),
    params: { Bucket: target.bucket, Key: target.key, Body: body, ContentType: mediaType },
    partSize: partBytes,
    queueSize: partsAtOnce,
  });
}

/**
 * `Upload` sends through this. The signal ends the requests that carry bytes; the one that begins an upload must answer,
 * or nobody would know the name of what there is to remove.
 */
function withSignal(client: S3Client, signal: AbortSignal | undefined): S3Client {
  if (!signal) return client;
  const send: S3Client['send'] = (command: Parameters<S3Client['send']>[0]) => {
    const carriesBytes = command instanceof UploadPartCommand || command instanceof PutObjectCommand;
    return client.send(command, carriesBytes ? { abortSignal: signal } : {});
  };
  return { config: client.config, send } as unknown as S3Client;
}
