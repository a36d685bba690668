/** Bad days of the broker, on a private RabbitMQ that may be stopped, killed and frozen. No test restarts a bus. */
import { connect } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLog } from '../../shared/log.ts';
import type { Bus, Delivery } from '../../shared/queue/bus.ts';
import { openBus } from '../../shared/queue/open-bus.ts';
import type { Topology } from '../../shared/queue/topology.ts';
import { callManagement, freshVhost, type RabbitmqNode, startRabbitmq } from '../support/rabbitmq.ts';
import { until } from '../support/until.ts';
import { drain, takeOne } from './bus-suite.ts';
import { type TestTopology, testTopology } from './bus-topology.ts';

const never = new AbortController().signal;
const restartMs = 60_000;
const noticeMs = 30_000;

let node: RabbitmqNode;
let url: string;
let t: TestTopology;
let bus: Bus;
const opened: Bus[] = [];

beforeAll(async () => {
  node = await startRabbitmq();
});
afterAll(() => node.close());

beforeEach(async () => {
  url = await freshVhost(node);
  t = testTopology();
  bus = await open(t);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

async function open(topology: Topology, name = 'under-test'): Promise<Bus> {
  const fresh = await openBus({ urls: [url], topology, log: createLog('test', 'silent'), name });
  opened.push(fresh);
  return fresh;
}

const publish = (body: unknown, which = 'hi') =>
  bus.publish({ exchange: t.jobs, routingKey: `job.a.${which}`, body, mandatory: true });
const well = () => until(() => bus.health().ok, 'the bus to be well', noticeMs);

/** A consumer and a waiting slot, with what they got. */
function consume(): { readonly got: unknown[]; readonly taken: unknown[]; stop(): Promise<void> } {
  const got: unknown[] = [];
  const taken: unknown[] = [];
  const stop = new AbortController();
  const consumer = bus.consume(t.hi, { prefetch: 5 }, async (delivery) => {
    got.push(delivery.body);
    delivery.ack();
  });
  const slot = bus.openSlot();
  const working = (async () => {
    for (;;) {
      const delivery = await slot.take([t.std, t.bulk], stop.signal);
      if (delivery === undefined) return;
      taken.push(delivery.body);
      delivery.ack();
    }
  })();
  return {
    got,
    taken,
    async stop() {
      stop.abort();
      await Promise.all([working, consumer.stop()]);
    },
  };
}

async function expectWork(work: ReturnType<typeof consume>, body: string): Promise<void> {
  const eager = async (which: string) => {
    await until(
      () =>
        publish(body, which).then(
          () => true,
          () => false,
        ),
      `${body} to be published`,
      noticeMs,
    );
  };
  await Promise.all(['hi', 'bulk'].map(eager));
  await until(() => work.got.includes(body), `${body} at the consumer`, noticeMs);
  await until(() => work.taken.includes(body), `${body} at the slot`, noticeMs);
}

const vhostOf = (amqpUrl: string) => new URL(amqpUrl).pathname.slice(1);
const closeConnections = () => node.ctl('close_all_connections', '--vhost', vhostOf(url), 'a test');

test('work goes on after the broker closes the connections, and what was lent comes again', async () => {
  const work = consume();
  await expectWork(work, 'before');
  const slot = bus.openSlot();
  await publish('held', 'std');
  await work.stop();
  const held = (await takeOne(bus, t.std)) as Delivery;
  await closeConnections();
  await until(() => held.lost.aborted, 'the holder to be told');
  held.ack();
  const again = await slot.take([t.std], AbortSignal.timeout(noticeMs));
  expect(again).toMatchObject({ body: 'held', redelivered: true });
  again?.ack();
  const more = consume();
  await expectWork(more, 'after');
  await well();
});

test('a listener hears again after its connection was closed', async () => {
  const heard: unknown[] = [];
  const listener = bus.listen(t.broadcast, '', (body) => heard.push(body));
  await until(() => listener.live, 'the listener');
  await closeConnections();
  await until(() => !bus.health().ok, 'the loss to be noticed');
  await until(() => listener.live, 'the listener to be back', noticeMs);
  await bus.publish({ exchange: t.broadcast, routingKey: '', body: 'hello' });
  await until(() => heard.includes('hello'), 'the broadcast');
});

test('a deleted queue is declared again and consumed again', async () => {
  const work = consume();
  await expectWork(work, 'before');
  const admin = await connect(url);
  const channel = await admin.createChannel();
  for (const queue of [t.hi, t.std, t.bulk]) await channel.deleteQueue(queue);
  await expectWork(work, 'after');
  await well();
  await admin.close();
});

test('a deleted queue nobody consumes is declared again when a message finds no way', async () => {
  const admin = await connect(url);
  await (await admin.createChannel()).deleteQueue(t.hi);
  await expect(publish('first')).rejects.toMatchObject({ code: 'message_refused' });
  await until(
    () =>
      publish('second').then(
        () => true,
        () => false,
      ),
    'the queue to be back',
  );
  expect(await drain(bus, t.hi)).toEqual(['second']);
  await admin.close();
});

test('a deleted exchange costs the channel, and both come back', async () => {
  const admin = await connect(url);
  const channel = await admin.createChannel();
  await channel.deleteExchange(t.jobs);
  await expect(publish('lost')).rejects.toMatchObject({ code: 'broker_unavailable', retryable: true });
  await expectWork(consume(), 'after');
  await admin.close();
});

test('a delivery held beyond the consumer timeout is lost, comes again, and its late ack harms nobody', async () => {
  await node.ctl(
    'eval',
    'application:set_env(rabbit, channel_tick_interval, 300), application:set_env(rabbit, consumer_timeout, 1000).',
  );
  try {
    const slot = bus.openSlot();
    await publish('long');
    const held = await slot.take([t.hi], never);
    expect(held?.body).toBe('long');
    await until(() => held?.lost.aborted, 'the consumer timeout', noticeMs);
    const again = await slot.take([t.hi], AbortSignal.timeout(noticeMs));
    expect(again).toMatchObject({ body: 'long', redelivered: true });
    held?.ack();
    await publish('next', 'std');
    again?.ack();
    const next = await slot.take([t.hi, t.std], AbortSignal.timeout(noticeMs));
    expect(next?.body).toBe('next');
    next?.ack();
    expect(await drain(bus, t.hi)).toEqual([]);
  } finally {
    await node.ctl(
      'eval',
      'application:set_env(rabbit, channel_tick_interval, 60000), application:set_env(rabbit, consumer_timeout, 14400000).',
    );
  }
});

test('while the broker is short of memory publishing fails soon, consuming goes on, and all is well after', async () => {
  const work = consume();
  await Promise.all(Array.from({ length: 10 }, (_, index) => publish(index)));
  await expectWork(work, 'before');
  await node.ctl('set_vm_memory_high_watermark', '0.00001');
  try {
    const startedAt = Date.now();
    await until(
      () =>
        publish('blocked').then(
          () => false,
          (error) => error.code === 'broker_unavailable',
        ),
      'publishing to be refused',
    );
    expect(Date.now() - startedAt).toBeLessThan(7000);
    await until(() => bus.health().reason?.includes('takes no messages'), 'health to say why');
    const again = Date.now();
    await expect(publish('still blocked')).rejects.toMatchObject({ code: 'broker_unavailable' });
    expect(Date.now() - again).toBeLessThan(500);
    expect(await bus.depth(t.std)).toMatchObject({ ready: 0 });
  } finally {
    await node.ctl('set_vm_memory_high_watermark', '0.4');
  }
  await expectWork(work, 'after');
  await well();
});

test('while the broker is stopped publishing fails soon and health says why; then work goes on by itself', async () => {
  const work = consume();
  await expectWork(work, 'before');
  await node.stop();
  await until(() => !bus.health().ok, 'the loss to be noticed');
  const startedAt = Date.now();
  await expect(publish('away')).rejects.toMatchObject({ code: 'broker_unavailable', retryable: true });
  expect(Date.now() - startedAt).toBeLessThan(5000);
  const late = await open(t, 'came-late');
  expect(late.health()).toMatchObject({ ok: false, reason: expect.stringContaining('ECONNREFUSED') });
  expect(JSON.stringify(late.health())).not.toContain('guest');
  await expect(late.openSlot().tryTake([t.hi])).rejects.toMatchObject({ code: 'broker_unavailable' });
  await node.restart();
  await expectWork(work, 'after');
  await until(() => late.health().ok, 'the late bus to be well', restartMs);
  await well();
});

test('a broker that hangs is noticed, and work goes on when it wakes', async () => {
  const work = consume();
  await expectWork(work, 'before');
  process.kill(node.pid, 'SIGSTOP');
  const startedAt = Date.now();
  const attempts = await Promise.allSettled(Array.from({ length: 200 }, () => publish('hung')));
  expect(attempts.map((each) => each.status === 'rejected' && each.reason.code)).toEqual(
    attempts.map(() => 'broker_unavailable'),
  );
  expect(Date.now() - startedAt).toBeLessThan(7000);
  await until(() => !bus.health().ok, 'the heartbeat to notice', noticeMs);
  process.kill(node.pid, 'SIGCONT');
  await expectWork(work, 'after');
  await well();
});

test('kill -9 under load loses nothing that was confirmed', async () => {
  // A quorum queue killed within seconds of its declaration is lost with its messages on every RabbitMQ (measured).
  const declaredAt = Date.now();
  await until(() => Date.now() - declaredAt > 12_000, 'the queues to be old enough', 15_000);
  const confirmed: number[] = [];
  const errors: unknown[] = [];
  let sent = 0;
  const send = (body: number) =>
    publish(body).then(
      () => confirmed.push(body),
      (error) => errors.push(error.message) && false,
    );
  const senders = Array.from({ length: 20 }, async () => {
    while (sent < 1000) {
      const body = sent++;
      await until(() => send(body), `message ${body} to be confirmed`, 60_000).catch((error) => {
        throw new Error(`${error.message}; the last refusal: ${errors.at(-1)}`);
      });
    }
  });
  await until(() => confirmed.length > 300, '300 confirms');
  await node.kill();
  await node.restart();
  await Promise.all(senders);
  expect(confirmed.length).toBe(1000);
  await well();
  const kept = new Set(await drain(bus, t.hi));
  expect(confirmed.filter((body) => !kept.has(body))).toEqual([]);
});

test('what is not JSON arrives as its text', async () => {
  const admin = await connect(url);
  const channel = await admin.createConfirmChannel();
  channel.publish(t.jobs, 'job.a.hi', Buffer.from('{"half": '));
  await channel.waitForConfirms();
  expect(await takeOne(bus, t.hi)).toMatchObject({ body: '{"half": ', messageId: undefined, headers: {} });
  await admin.close();
});

test('what a closed bus had lent goes to somebody else', async () => {
  const other = await open(t, 'other');
  await publish('unfinished');
  const held = await takeOne(bus, t.hi);
  await bus.close();
  expect(held.lost.aborted).toBe(true);
  expect(await takeOne(other, t.hi)).toMatchObject({ body: 'unfinished', redelivered: true });
});

test('the last acks before a close are kept', async () => {
  const other = await open(t, 'other');
  for (const body of [1, 2, 3]) await publish(body);
  const slot = bus.openSlot();
  for (const _ of [1, 2, 3]) (await slot.take([t.hi], never))?.ack();
  await bus.close();
  expect(await drain(other, t.hi)).toEqual([]);
});

test('the same topology is declared twice without a word; another one under the same names is reported and the rest works', async () => {
  const same = await open(t, 'same');
  expect(same.health()).toEqual({ name: 'broker', ok: true });
  const queues = t.queues.map((queue) => (queue.name === t.small ? { ...queue, maxLength: 6 } : queue));
  const changed = await open({ ...t, queues }, 'changed');
  expect(changed.health()).toMatchObject({ ok: false, reason: expect.stringContaining(t.small) });
  await changed.publish({ exchange: t.jobs, routingKey: 'job.a.hi', body: 'fine', mandatory: true });
  expect(await drain(changed, t.hi)).toEqual(['fine']);
});

test('a vhost that does not exist yet is waited for', async () => {
  url = `${node.url}/not-yet`;
  const early = await open(t, 'early');
  expect(early.health().ok).toBe(false);
  await callManagement(node, 'PUT', '/api/vhosts/not-yet', {});
  await callManagement(node, 'PUT', '/api/permissions/not-yet/guest', { configure: '.*', write: '.*', read: '.*' });
  await until(() => early.health().ok, 'the bus to be well', noticeMs);
});
