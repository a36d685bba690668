/** What every bus must do, whoever carries it. Run against memory-bus and against RabbitMQ. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Bus, Delivery, OutgoingMessage } from '../../shared/queue/bus.ts';
import { nextRetry } from '../../shared/queue/retry-schedule.ts';
import {
  exchanges,
  farmTopology,
  jobRoutingKey,
  queues,
  reportRoutingKey,
  type Topology,
  workQueue,
} from '../../shared/queue/topology.ts';
import { until } from '../support/until.ts';
import { type TestTopology, testTopology } from './bus-topology.ts';

const never = new AbortController().signal;

export function describeBus(name: string, open: (topology: Topology) => Promise<Bus>): void {
  const opened: Bus[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((bus) => bus.close()));
  });

  async function start(): Promise<{ bus: Bus; t: TestTopology }> {
    const t = testTopology();
    return { bus: await startWith(t), t };
  }

  async function startWith(topology: Topology): Promise<Bus> {
    const bus = await open(topology);
    opened.push(bus);
    return bus;
  }

  describe(`${name}: publishing`, () => {
    test('delivers a message with everything its sender said', async () => {
      const { bus, t } = await start();
      await bus.publish({
        exchange: t.jobs,
        routingKey: 'job.resize.hi',
        body: { text: 'größer', list: [1, null, true] },
        headers: { 'x-farm-try': 2, 'x-text': 'a' },
        messageId: 'message-1',
        correlationId: 'correlation-1',
        replyTo: 'some.queue',
      });
      const delivery = await takeOne(bus, t.hi);
      expect(delivery).toMatchObject({
        body: { text: 'größer', list: [1, null, true] },
        headers: { 'x-farm-try': 2, 'x-text': 'a' },
        queue: t.hi,
        routingKey: 'job.resize.hi',
        messageId: 'message-1',
        correlationId: 'correlation-1',
        replyTo: 'some.queue',
        redelivered: false,
      });
      expect(delivery.lost.aborted).toBe(false);
      delivery.ack();
    });

    test('what the sender does with the body afterwards changes nothing', async () => {
      const { bus, t } = await start();
      const body = { width: 1 };
      const sent = bus.publish({ exchange: t.jobs, routingKey: 'job.a.hi', body });
      body.width = 2;
      await sent;
      expect((await takeOne(bus, t.hi)).body).toEqual({ width: 1 });
    });

    test('routes by topic and gives each bound queue a copy', async () => {
      const { bus, t } = await start();
      await publishAll(bus, [
        { exchange: t.jobs, routingKey: 'job.a.hi', body: 'hi' },
        { exchange: t.jobs, routingKey: 'job.a.std', body: 'std' },
        { exchange: t.jobs, routingKey: 'newest.a.b', body: 'newest' },
      ]);
      expect(await drain(bus, t.hi)).toEqual(['hi']);
      expect(await drain(bus, t.std)).toEqual(['std']);
      expect(await drain(bus, t.newest)).toEqual(['newest']);
    });

    test('says message_refused when a mandatory message has nowhere to go, and only then', async () => {
      const { bus, t } = await start();
      const lost = { exchange: t.jobs, routingKey: 'nobody.listens', body: 1 };
      await expect(bus.publish({ ...lost, mandatory: true })).rejects.toMatchObject({ code: 'message_refused' });
      await expect(bus.publish(lost)).resolves.toBeUndefined();
      await expect(
        bus.publish({ exchange: t.jobs, routingKey: 'job.a.hi', body: 1, mandatory: true }),
      ).resolves.toBeUndefined();
    });

    test('tells exactly the senders of unroutable messages, also among many in flight', async () => {
      const { bus, t } = await start();
      const attempts = Array.from({ length: 60 }, (_, index) => {
        const routingKey = index % 3 === 0 ? 'nobody' : 'job.a.hi';
        return bus.publish({ exchange: t.jobs, routingKey, body: index, mandatory: true }).then(
          () => 'taken',
          (error) => error.code,
        );
      });
      const expected = attempts.map((_, index) => (index % 3 === 0 ? 'message_refused' : 'taken'));
      expect(await Promise.all(attempts)).toEqual(expected);
    });

    test('refuses when a bounded queue is full, and takes again when there is room', async () => {
      const { bus, t } = await start();
      const message = { exchange: t.jobs, routingKey: 'small', body: 1 };
      const accepted = await publishUntilRefused(bus, message, 200);
      // RabbitMQ's limit is soft by the confirm window.
      expect(accepted).toBeGreaterThanOrEqual(5);
      expect(accepted).toBeLessThanOrEqual(5 + 16);
      expect(await drain(bus, t.small)).toHaveLength(accepted);
      await until(
        () =>
          bus.publish(message).then(
            () => true,
            () => false,
          ),
        'room in the queue',
      );
    });

    test('drops the oldest where the queue is told to', async () => {
      const { bus, t } = await start();
      for (const body of [1, 2, 3, 4, 5]) await bus.publish({ exchange: t.jobs, routingKey: 'newest', body });
      expect(await drain(bus, t.newest)).toEqual([3, 4, 5]);
    });

    test('reaches a queue by its name, as an answer to reply-to does', async () => {
      const { bus, t } = await start();
      await bus.publish({ exchange: '', routingKey: t.std, body: 'answer', correlationId: 'c', mandatory: true });
      expect(await takeOne(bus, t.std)).toMatchObject({ body: 'answer', correlationId: 'c' });
      const gone = { exchange: '', routingKey: 'no.such.queue', body: 1 };
      await expect(bus.publish({ ...gone, mandatory: true })).rejects.toMatchObject({ code: 'message_refused' });
      await expect(bus.publish(gone)).resolves.toBeUndefined();
    });

    test('carries a body of a megabyte', async () => {
      const { bus, t } = await start();
      const body = 'ä'.repeat(512 * 1024);
      await bus.publish({ exchange: t.jobs, routingKey: 'job.a.hi', body });
      expect((await takeOne(bus, t.hi)).body).toBe(body);
    });
  });

  describe(`${name}: settling`, () => {
    test('an acknowledged message is gone', async () => {
      const { bus, t } = await start();
      await bus.publish({ exchange: t.jobs, routingKey: 'job.a.hi', body: 1 });
      (await takeOne(bus, t.hi)).ack();
      expect(await drain(bus, t.hi)).toEqual([]);
    });

    test('a rejected message goes to the dead letters under its own routing key', async () => {
      const { bus, t } = await start();
      await bus.publish({ exchange: t.jobs, routingKey: 'job.a.hi', body: 'bad', messageId: 'm' });
      (await takeOne(bus, t.hi)).reject();
      const dead = await takeOne(bus, t.dead);
      expect(dead).toMatchObject({ body: 'bad', routingKey: 'job.a.hi', messageId: 'm' });
    });

    test('a released message comes again, until the delivery limit sends it to the dead letters', async () => {
      const { bus, t } = await start();
      await bus.publish({ exchange: t.jobs, routingKey: 'job.a.hi', body: 'poison' });
      const redelivered: boolean[] = [];
      for (let time = 0; time < 3; time += 1) {
        const delivery = await takeOne(bus, t.hi);
        redelivered.push(delivery.redelivered);
        delivery.release();
      }
      expect(redelivered).toEqual([false, true, true]);
      expect((await takeOne(bus, t.dead)).body).toBe('poison');
      expect(await drain(bus, t.hi)).toEqual([]);
    });

    test('settling twice does nothing', async () => {
      const { bus, t } = await start();
      await publishAll(
        bus,
        [1, 2].map((body) => ({ exchange: t.jobs, routingKey: 'job.a.hi', body })),
      );
      const first = await takeOne(bus, t.hi);
      first.ack();
      first.ack();
      first.reject();
      first.release();
      expect(await drain(bus, t.hi)).toHaveLength(1);
      expect(await drain(bus, t.dead)).toEqual([]);
    });

    test('a delayed message comes back after its time under its own routing key', async () => {
      const { bus, t } = await start();
      const sentAt = Date.now();
      const tier = nextRetry(t.retryTiers, 0);
      await bus.publish({ exchange: tier?.exchange ?? '', routingKey: 'job.a.std', body: 'later', mandatory: true });
      expect(await drain(bus, t.std)).toEqual([]);
      const delivery = await takeOne(bus, t.std);
      expect(delivery.body).toBe('later');
      expect(Date.now() - sentAt).toBeGreaterThanOrEqual((tier?.delayMs ?? 0) - 20);
    });
  });

  describe(`${name}: consuming`, () => {
    test('lends no more than the prefetch at once', async () => {
      const { bus, t } = await start();
      await publishAll(
        bus,
        numbers(6).map((body) => ({ exchange: t.jobs, routingKey: 'job.a.hi', body })),
      );
      const lent: Delivery[] = [];
      bus.consume(t.hi, { prefetch: 2 }, async (delivery) => void lent.push(delivery));
      await until(() => lent.length === 2, 'two deliveries');
      expect(await stays(() => lent.length === 2)).toBe(true);
      lent[0]?.ack();
      await until(() => lent.length === 3, 'the third delivery');
      for (let index = 1; index < 6; index += 1) {
        (await until(() => lent[index], `delivery ${index + 1}`)).ack();
      }
      expect(lent.map((delivery) => delivery.body)).toEqual(numbers(6));
    });

    test('shares a queue between consumers, each message once', async () => {
      const { bus, t } = await start();
      const seen: unknown[] = [];
      const by = [0, 0];
      for (const who of [0, 1]) {
        bus.consume(t.hi, { prefetch: 1 }, async (delivery) => {
          seen.push(delivery.body);
          by[who] = (by[who] ?? 0) + 1;
          delivery.ack();
        });
      }
      await until(async () => (await bus.depth(t.hi)).consumers >= 2, 'both consumers');
      await publishAll(
        bus,
        numbers(40).map((body) => ({ exchange: t.jobs, routingKey: 'job.a.hi', body })),
      );
      await until(() => seen.length >= 40, 'all deliveries');
      expect(seen.toSorted((a, b) => Number(a) - Number(b))).toEqual(numbers(40));
      expect(Math.min(...by)).toBeGreaterThan(0);
    });

    test('after stop nothing new is lent and what is lent can still be acknowledged', async () => {
      const { bus, t } = await start();
      await publishAll(
        bus,
        numbers(3).map((body) => ({ exchange: t.jobs, routingKey: 'job.a.hi', body })),
      );
      const lent: Delivery[] = [];
      const consumer = bus.consume(t.hi, { prefetch: 1 }, async (delivery) => void lent.push(delivery));
      await until(() => lent.length === 1, 'the first delivery');
      expect(consumer.live).toBe(true);
      await consumer.stop();
      await consumer.stop();
      expect(consumer.live).toBe(false);
      lent[0]?.ack();
      expect(await drain(bus, t.hi)).toEqual([1, 2]);
      expect(lent).toHaveLength(1);
    });

    test('a handler that throws gives its message back', async () => {
      const { bus, t } = await start();
      const bodies: unknown[] = [];
      bus.consume(t.hi, { prefetch: 1 }, async (delivery) => {
        bodies.push(delivery.redelivered);
        if (!delivery.redelivered) throw new Error('the first time is hard');
        delivery.ack();
      });
      await bus.publish({ exchange: t.jobs, routingKey: 'job.a.hi', body: 1 });
      await until(() => bodies.length === 2, 'the second delivery');
      expect(bodies).toEqual([false, true]);
    });

    test('a broadcast reaches every listener, and none after its stop', async () => {
      const { bus, t } = await start();
      const heard: string[] = [];
      const listeners = ['a', 'b'].map((who) => bus.listen(t.broadcast, '', (body) => heard.push(`${who}${body}`)));
      await until(() => listeners.every((listener) => listener.live), 'both listeners');
      await bus.publish({ exchange: t.broadcast, routingKey: '', body: 1 });
      await until(() => heard.length === 2, 'both to hear');
      await listeners[1]?.stop();
      await bus.publish({ exchange: t.broadcast, routingKey: '', body: 2 });
      await until(() => heard.length === 3, 'the other to hear');
      expect(heard.toSorted()).toEqual(['a1', 'a2', 'b1']);
    });

    test('a listener that throws hears the next message all the same', async () => {
      const { bus, t } = await start();
      const heard: unknown[] = [];
      const listener = bus.listen(t.broadcast, '', (body) => {
        heard.push(body);
        if (body === 1) throw new Error('the first message is hard');
      });
      await until(() => listener.live, 'the listener');
      for (const body of [1, 2]) await bus.publish({ exchange: t.broadcast, routingKey: '', body });
      await until(() => heard.length === 2, 'both messages');
      expect(heard).toEqual([1, 2]);
    });

    test('a listener on a topic hears what its key asks for', async () => {
      const { bus, t } = await start();
      const heard: string[] = [];
      const listener = bus.listen(t.jobs, 'job.*.hi', (body, routingKey) => heard.push(`${routingKey}=${body}`));
      await until(() => listener.live, 'the listener');
      await publishAll(bus, [
        { exchange: t.jobs, routingKey: 'job.a.std', body: 1 },
        { exchange: t.jobs, routingKey: 'job.a.hi', body: 2 },
      ]);
      await until(() => heard.length > 0, 'the message');
      expect(heard).toEqual(['job.a.hi=2']);
    });
  });

  describe(`${name}: a slot`, () => {
    test('takes in strict order of its queues', async () => {
      const { bus, t } = await start();
      for (const which of ['bulk', 'std', 'hi', 'bulk', 'hi']) {
        await bus.publish({ exchange: t.jobs, routingKey: `job.a.${which}`, body: which });
      }
      const slot = bus.openSlot();
      expect(await takeMany(slot.take.bind(slot), [t.hi, t.std, t.bulk], 5)).toEqual([
        'hi',
        'hi',
        'std',
        'bulk',
        'bulk',
      ]);
    });

    test('waits while all are empty and wakes at the first message', async () => {
      const { bus, t } = await start();
      const slot = bus.openSlot();
      const taking = slot.take([t.hi, t.std, t.bulk], never);
      await until(async () => (await bus.depth(t.bulk)).consumers > 0, 'the slot to wait');
      expect(slot.live).toBe(true);
      const sentAt = Date.now();
      await bus.publish({ exchange: t.jobs, routingKey: 'job.a.bulk', body: 'wake up' });
      const delivery = await taking;
      expect(delivery?.body).toBe('wake up');
      expect(Date.now() - sentAt).toBeLessThan(2000);
      delivery?.ack();
      await until(async () => (await bus.depth(t.bulk)).consumers === 0, 'the slot to leave the queues');
    });

    test('keeps none but one of several that race in', async () => {
      const { bus, t } = await start();
      const slot = bus.openSlot();
      const order = [t.hi, t.std, t.bulk];
      const first = slot.take(order, never);
      await until(async () => (await bus.depth(t.bulk)).consumers > 0, 'the slot to wait');
      await publishAll(
        bus,
        ['bulk', 'std', 'hi'].map((key) => ({ exchange: t.jobs, routingKey: `job.a.${key}`, body: key })),
      );
      const held = await first;
      const others = bus.openSlot();
      const rest = await takeMany(others.take.bind(others), order, 2);
      expect([held?.body, ...rest].toSorted()).toEqual(['bulk', 'hi', 'std']);
      held?.ack();
      expect(await drain(bus, t.dead)).toEqual([]);
    });

    test('answers undefined when the signal aborts, and holds nothing', async () => {
      const { bus, t } = await start();
      const slot = bus.openSlot();
      const stop = new AbortController();
      const taking = slot.take([t.hi], stop.signal);
      await until(async () => (await bus.depth(t.hi)).consumers > 0, 'the slot to wait');
      stop.abort();
      expect(await taking).toBeUndefined();
      expect(await slot.take([t.hi], stop.signal)).toBeUndefined();
      await bus.publish({ exchange: t.jobs, routingKey: 'job.a.hi', body: 1 });
      expect((await takeOne(bus, t.hi)).redelivered).toBe(false);
    });

    test('tryTake does not wait', async () => {
      const { bus, t } = await start();
      const slot = bus.openSlot();
      expect(await slot.tryTake([t.hi, t.std])).toBeUndefined();
      await bus.publish({ exchange: t.jobs, routingKey: 'job.a.std', body: 1 });
      const delivery = await slot.tryTake([t.hi, t.std]);
      expect(delivery).toMatchObject({ body: 1, queue: t.std });
      delivery?.ack();
      expect(await slot.tryTake([t.hi, t.std])).toBeUndefined();
    });

    test('many slots share the work, each message once', async () => {
      const { bus, t } = await start();
      const stop = new AbortController();
      const seen: unknown[] = [];
      const slots = numbers(5).map(() => bus.openSlot());
      const working = slots.map(async (slot) => {
        for (;;) {
          const delivery = await slot.take([t.hi, t.std], stop.signal);
          if (delivery === undefined) return;
          seen.push(delivery.body);
          delivery.ack();
        }
      });
      const messages = numbers(100).map((body) => ({
        exchange: t.jobs,
        routingKey: `job.a.${body % 2 ? 'hi' : 'std'}`,
        body,
      }));
      await publishAll(bus, messages);
      await until(() => seen.length >= 100, 'all messages to be taken');
      stop.abort();
      await Promise.all(working);
      expect(seen.toSorted((a, b) => Number(a) - Number(b))).toEqual(numbers(100));
    });
  });

  describe(`${name}: looking`, () => {
    test('tells how many messages are ready and how many consume', async () => {
      const { bus, t } = await start();
      expect(await bus.depth(t.hi)).toEqual({ ready: 0, consumers: 0 });
      await publishAll(
        bus,
        numbers(3).map((body) => ({ exchange: t.jobs, routingKey: 'job.a.hi', body })),
      );
      expect(await bus.depth(t.hi)).toEqual({ ready: 3, consumers: 0 });
    });

    test('says not_found of a queue that does not exist, and goes on', async () => {
      const { bus, t } = await start();
      await expect(bus.depth('no.such.queue')).rejects.toMatchObject({ code: 'not_found' });
      expect(await bus.depth(t.hi)).toEqual({ ready: 0, consumers: 0 });
    });

    test('is well while it is open, and takes nothing once it is closed', async () => {
      const { bus, t } = await start();
      await until(() => bus.health().ok, 'the bus to be well');
      await bus.close();
      await bus.close();
      expect(bus.health().ok).toBe(false);
      await expect(bus.publish({ exchange: t.jobs, routingKey: 'job.a.hi', body: 1 })).rejects.toMatchObject({
        code: 'broker_unavailable',
      });
    });
  });

  describe(`${name}: the farm's own topology`, () => {
    test('remembers the epoch, however often and by how many it is read', async () => {
      const bus = await startWith(farmTopology(['epochs']));
      if ((await bus.readEpoch()) !== undefined) throw new Error('a fresh broker has no epoch');
      await bus.writeEpoch('first');
      expect(await bus.readEpoch()).toBe('first');
      await bus.writeEpoch('second');
      for (let time = 0; time < 30; time += 1) expect(await bus.readEpoch()).toBe('second');
      const other = await Promise.all(numbers(8).map(() => bus.readEpoch()));
      expect(new Set(other)).toEqual(new Set(['second']));
    });

    test('leads a task through retry, report, event and dead letter', async () => {
      const topology = farmTopology(['walk'], [300]);
      const bus = await startWith(topology);
      const { jobs, reports, events } = exchanges;
      const routingKey = jobRoutingKey('walk', 'std');
      await bus.publish({ exchange: jobs, routingKey, body: 'task', mandatory: true });
      (await takeOne(bus, workQueue('walk', 'std'))).ack();
      const tier = nextRetry(topology.retryTiers, 0);
      await bus.publish({ exchange: tier?.exchange ?? '', routingKey, body: 'again', mandatory: true });
      const second = await takeOne(bus, workQueue('walk', 'std'));
      expect(second.body).toBe('again');
      second.reject();
      expect((await takeOne(bus, queues.dead)).routingKey).toBe(routingKey);
      for (const what of ['started', 'progress', 'succeeded']) {
        await bus.publish({
          exchange: reports,
          routingKey: reportRoutingKey('walk', what),
          body: what,
          mandatory: true,
        });
      }
      expect(await drain(bus, queues.state)).toEqual(['started', 'succeeded']);
      expect(await drain(bus, queues.progress)).toEqual(['progress']);
      await bus.publish({ exchange: events, routingKey: 'tenant.job.failed.critical', body: 'alarm' });
      await bus.publish({ exchange: events, routingKey: 'tenant.job.started.info', body: 'note' });
      expect(await drain(bus, queues.alerts)).toEqual(['alarm']);
      expect(await drain(bus, queues.log)).toEqual(['alarm', 'note']);
    });
  });
}

export async function takeOne(bus: Bus, queue: string): Promise<Delivery> {
  const slot = bus.openSlot();
  const delivery = await slot.take([queue], AbortSignal.timeout(10_000));
  if (delivery === undefined) throw new Error(`waited 10 s in vain for a message in ${queue}`);
  return delivery;
}

/** Everything ready in a queue, acknowledged. */
export async function drain(bus: Bus, queue: string): Promise<unknown[]> {
  const slot = bus.openSlot();
  const bodies: unknown[] = [];
  for (let next = await slot.tryTake([queue]); next !== undefined; next = await slot.tryTake([queue])) {
    bodies.push(next.body);
    next.ack();
  }
  await slot.close();
  return bodies;
}

type Take = (queues: readonly string[], signal: AbortSignal) => Promise<Delivery | undefined>;

async function takeMany(take: Take, names: readonly string[], count: number): Promise<unknown[]> {
  const bodies: unknown[] = [];
  while (bodies.length < count) {
    const delivery = await take(names, AbortSignal.timeout(10_000));
    if (delivery === undefined) throw new Error(`waited 10 s in vain for message ${bodies.length + 1} of ${count}`);
    bodies.push(delivery.body);
    delivery.ack();
  }
  return bodies;
}

async function publishAll(bus: Bus, messages: readonly OutgoingMessage[]): Promise<void> {
  await Promise.all(messages.map((message) => bus.publish(message)));
}

async function publishUntilRefused(bus: Bus, message: OutgoingMessage, atMost: number): Promise<number> {
  for (let accepted = 0; accepted < atMost; accepted += 1) {
    try {
      await bus.publish(message);
    } catch (error) {
      expect(error).toMatchObject({ code: 'message_refused' });
      return accepted;
    }
  }
  throw new Error(`a queue with a bound of 5 took ${atMost} messages`);
}

/** That something does not happen can only be watched for a while. */
async function stays(fact: () => boolean): Promise<boolean> {
  const end = Date.now() + 200;
  while (Date.now() < end && fact()) await new Promise((resolve) => setImmediate(resolve));
  return fact();
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
