import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { freshBucket } from '../support/servers.ts';
import { type ApiUnderTest, startApiUnderTest } from './api-under-test.ts';

const chunk = Buffer.alloc(1024 * 1024, 'mediafarm ');
const megabytes = 300;
/** Buffers and heap together; the parts of an S3 upload (4 × 5 MiB and what the SDK copies) fit well within. */
const maxGrowthBytes = 120 * 1024 * 1024;

/** Made while it is read, so the sender holds none of it either. */
function manyBytes(count: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (sent === count) return controller.close();
        sent += 1;
        controller.enqueue(new Uint8Array(chunk));
      },
    },
    { highWaterMark: 1 },
  );
}

async function growthWhile(work: () => Promise<void>): Promise<number> {
  const used = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  let highest = before;
  const timer = setInterval(() => {
    highest = Math.max(highest, used());
  }, 20);
  await work();
  clearInterval(timer);
  return highest - before;
}

test.each(['files', 'S3'])('memory does not grow with an upload of 300 MB: %s', async (kind) => {
  const bucket = kind === 'S3' ? await freshBucket() : undefined;
  const farm: ApiUnderTest = await startApiUnderTest(bucket ? { storeOptions: bucket } : {});
  try {
    const hash = createHash('sha256');
    for (let count = 0; count < megabytes; count += 1) hash.update(chunk);
    const sha256 = hash.digest('hex');
    const growth = await growthWhile(async () => {
      const answer = await farm.call('POST', '/v1/uploads?name=large.bin', { body: manyBytes(megabytes) });
      expect(answer.body).toMatchObject({ bytes: megabytes * chunk.length, sha256 });
    });
    expect(growth).toBeLessThan(maxGrowthBytes);
  } finally {
    await farm.close();
  }
});
