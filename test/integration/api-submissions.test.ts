import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Delivery, OutgoingMessage } from '../../shared/queue/bus.ts';
import { exchanges, queues } from '../../shared/queue/topology.ts';
import type { Json } from '../support/farm-client.ts';
import { freshVhost } from '../support/servers.ts';
import { submitOverAmqp } from '../support/submit-over-amqp.ts';
import { until } from '../support/until.ts';
import { type ApiUnderTest, startApiUnderTest } from './api-under-test.ts';

const vhosts: { drop(): Promise<void> }[] = [];
afterAll(async () => {
  for (const vhost of vhosts) await vhost.drop();
});

describe.each(['memory', 'RabbitMQ'])('jobs over AMQP: %s', (broker) => {
  let farm: ApiUnderTest;
  let job: Json;
  let amqpUrl: string | undefined;
  beforeAll(async () => {
    if (broker === 'RabbitMQ') {
      const vhost = await freshVhost();
      vhosts.push(vhost);
      amqpUrl = vhost.url;
    }
    farm = await startApiUnderTest(amqpUrl === undefined ? {} : { busUrl: amqpUrl });
    await until(() => farm.bus.health().ok, 'the broker to be connected');
    job = { input: (await farm.upload('a.txt', 'a')).id, steps: { a: { kind: 'resize', width: 1 } } };
  });
  afterAll(() => farm?.close());

  const publish = (body: unknown, more: Partial<OutgoingMessage> = {}) =>
    farm.bus.publish({ exchange: exchanges.submissions, routingKey: '', body, ...more });
  const jobsWith = async (mark: string) =>
    (await farm.database.query(`select id, tenant, traceparent from jobs where metadata ->> 'mark' = $1`, [mark])).rows;
  const marked = (mark: string) => ({ ...job, metadata: { mark } });

  test('a document becomes a job, of the tenant and in the trace its headers name', async () => {
    const mark = randomUUID();
    const key = await farm.keyFor('shop');
    const upload = (await farm.call('POST', '/v1/uploads?name=b', { key, body: 'b' })).body.id;
    const trace = 'c'.repeat(32);
    await publish(
      { ...marked(mark), input: upload },
      { headers: { 'x-farm-tenant': 'shop', traceparent: `00-${trace}-${'d'.repeat(16)}-01` } },
    );
    const [row] = await until(async () => {
      const rows = await jobsWith(mark);
      return rows.length > 0 && rows;
    }, 'the job');
    expect(row).toMatchObject({ tenant: 'shop', traceparent: expect.stringContaining(trace) });
    expect((await farm.call('GET', `/v1/jobs/${row.id}`, { key })).status).toBe(200);
  });

  test('the same message three times makes one job, and each gets its answer', async () => {
    const mark = randomUUID();
    // Any queue can take the answers; this one is there in both brokers and nothing else comes to it here.
    const answers: Json[] = [];
    const consumer = farm.bus.consume(queues.alerts, { prefetch: 10 }, async (delivery: Delivery) => {
      if (delivery.correlationId === mark) answers.push(delivery.body);
      delivery.ack();
    });
    const twin = { messageId: mark, replyTo: queues.alerts, correlationId: mark };
    for (let count = 0; count < 3; count += 1) await publish(marked(mark), twin);
    await until(() => answers.length === 3, 'three answers');
    await consumer.stop();
    const rows = await jobsWith(mark);
    expect(rows).toHaveLength(1);
    expect(answers.map((answer) => answer.id)).toEqual([rows[0].id, rows[0].id, rows[0].id]);
  });

  test('a faulty one whose sender wants no answer is a dead letter', async () => {
    const dead: Json[] = [];
    const consumer = farm.bus.consume(queues.dead, { prefetch: 10 }, async (delivery: Delivery) => {
      dead.push(delivery.body);
      delivery.ack();
    });
    const mark = randomUUID();
    await publish({ steps: {}, mark });
    await until(() => dead.some((body) => body.mark === mark), 'the dead letter');
    await consumer.stop();
  });

  test('reply-to and correlation-id bring the job back, or the problem', async () => {
    if (amqpUrl === undefined) return expect(broker).toBe('memory'); // a reply queue needs a real broker
    const made = await submitOverAmqp(amqpUrl, job);
    expect(made).toMatchObject({ id: expect.stringMatching(/^job_/), status: 'queued' });
    expect((await farm.call('GET', `/v1/jobs/${made.id}`)).status).toBe(200);
    const refused = await submitOverAmqp(amqpUrl, { input: job.input, steps: { a: { kind: 'resise' } } });
    expect(refused).toMatchObject({
      status: 422,
      errors: [{ pointer: '/steps/a/kind', detail: expect.stringContaining('resize') }],
    });
  });
});
