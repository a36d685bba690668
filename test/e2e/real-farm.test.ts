/** Separate processes on real RabbitMQ, PostgreSQL and Ceph S3. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mediaWorker, type RunningFarm, startRealFarm } from '../support/farm-processes.ts';
import { makeClip, makePhoto } from '../support/make-media.ts';
import { submitOverAmqp } from '../support/submit-over-amqp.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import { everyKindSuite } from './every-kind-suite.ts';

let farm: RunningFarm;
let receiver: WebhookReceiver;

beforeAll(async () => {
  [farm, receiver] = await Promise.all([startRealFarm(), startWebhookReceiver()]);
});
afterAll(async () => {
  await Promise.all([farm.close(), receiver.close()]);
});

describe('the farm on RabbitMQ, PostgreSQL and S3', () => {
  everyKindSuite({ farm: () => farm, receiver: () => receiver });

  it('finishes a job whose worker is killed with -9 in the middle', async () => {
    const input = await farm.client.upload('clip.mp4', await makeClip(20, '1280x720'));
    const job = await farm.client.submit({
      input: input.id,
      steps: { movie: { kind: 'transcode', preset: 'mp4-720p' } },
    });
    await eventOf(job.id, 'step.progress');
    await farm.programs.get('worker-media')?.stop('SIGKILL');
    farm.start('worker-media', 'workers/main.ts', mediaWorker);
    const done = await farm.client.finished(job.id, 110_000);
    expect(done).toMatchObject({ status: 'succeeded', steps: { movie: { attempts: 2 } } });
    const { body } = await farm.client.call('GET', '/v1/jobs?limit=1&status=succeeded');
    expect(body.data[0].id).toBe(job.id);
  });

  it('carries one request id and one trace through api, worker log and webhook', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const input = await farm.client.upload('photo.jpg', await makePhoto(200, 100));
    const answer = await farm.client.call('POST', '/v1/jobs', {
      body: { input: input.id, steps: { thumb: { kind: 'resize', width: 64 } }, webhook: { url: receiver.url } },
      headers: { 'x-request-id': 'order-4711', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    });
    expect(answer.headers.get('x-request-id')).toBe('order-4711');
    const webhook = await receiver.next('the traced one', (hook) => hook.body.data.job.id === answer.body.id);
    expect(webhook.headers.traceparent).toContain(traceId);
    const line = await farm.programs.get('worker-image')?.line(new RegExp(`${answer.body.id}.*task\\.attempted`));
    const logged = JSON.parse(line ?? '{}');
    expect(logged).toMatchObject({
      msg: 'task.attempted',
      requestId: 'order-4711',
      traceId,
      outcome: 'done',
      kind: 'resize',
    });
    expect(logged).toMatchObject({
      try: 0,
      queuedMs: expect.any(Number),
      fetchMs: expect.any(Number),
      processMs: expect.any(Number),
    });
  });

  it('takes jobs from any program that can publish to RabbitMQ', async () => {
    const input = await farm.client.upload('photo.jpg', await makePhoto(200, 100));
    const answer = await submitOverAmqp(farm.variables.FARM_BROKER_URL ?? '', {
      input: input.id,
      steps: { thumb: { kind: 'resize', width: 64 } },
    });
    expect((await farm.client.finished(answer.id)).status).toBe('succeeded');
    const refused = await submitOverAmqp(farm.variables.FARM_BROKER_URL ?? '', {
      steps: { thumb: { kind: 'shrink' } },
    });
    expect(refused).toMatchObject({
      status: 422,
      errors: expect.arrayContaining([expect.objectContaining({ pointer: '/steps/thumb/kind' })]),
    });
  });
});

async function eventOf(jobId: string, type: string): Promise<void> {
  const response = await fetch(new URL(`/v1/jobs/${jobId}/events`, farm.client.address), {
    headers: { authorization: `Bearer ${farm.client.key}` },
  });
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of (response.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes(`event: ${type}`)) return;
  }
  throw new Error(`the job ended without ${type}:\n${text.slice(-2000)}`);
}
