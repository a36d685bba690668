import { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { type Environment, readEnvironment } from '../env.ts';

/**
 * Milliseconds. `small` is for requests whose answer is a few bytes away, `part` for one that carries up to a part of an
 * upload (8 MiB in 2 minutes is 0.6 Mbit/s). Both end with the answer's headers; bodies are watched as they are read.
 */
export const timeoutsMs = { connect: 2000, small: 10_000, part: 120_000 };
/** The SDK waits up to 0.1 s, then up to 0.2 s between them. */
const maxAttempts = 3;

const variables = {
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
  AWS_REGION: z.string().optional(),
  AWS_DEFAULT_REGION: z.string().optional(),
  AWS_ENDPOINT_URL_S3: z.url().optional(),
  AWS_ENDPOINT_URL: z.url().optional(),
};

/** Configured by the standard variables; without keys the SDK looks where it always does (profiles, the machine's role). */
export function createS3Client(environment: Environment): S3Client {
  const read = readEnvironment(variables, environment);
  const endpoint = read.AWS_ENDPOINT_URL_S3 ?? read.AWS_ENDPOINT_URL;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = read;
  const session = read.AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: read.AWS_SESSION_TOKEN };
  return new S3Client({
    region: read.AWS_REGION ?? read.AWS_DEFAULT_REGION ?? 'us-east-1',
    // Servers other than AWS rarely have a host name for each bucket.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey, ...session } } : {}),
    maxAttempts,
    // The SDK's default adds checksums that several servers refuse (411 on Ceph 16) or store as content (s3rver).
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: timeoutsMs.connect,
      requestTimeout: timeoutsMs.part,
      throwOnRequestTimeout: true,
      // An idle socket is not a dead one: a download waits for whoever reads it.
      socketTimeout: 0,
    },
  });
}
