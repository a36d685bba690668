import { AppError } from '../errors.ts';
import type { Bus, Consumer, OutgoingMessage } from './bus.ts';
import { joinSlots } from './join-slots.ts';
import { rankBrokers } from './rank-brokers.ts';

/**
 * Several brokers as one bus. Messages are spread by their id over the brokers that are well and move on to the next when
 * one fails; everything is consumed from all. Each consumer has its prefetch on every broker.
 */
export function joinBuses(buses: readonly Bus[]): Bus {
  return {
    publish: (message) => publishOnOne(buses, message),
    consume: (queue, options, onDelivery) => joinConsumers(buses.map((bus) => bus.consume(queue, options, onDelivery))),
    listen: (exchange, bindingKey, onMessage) =>
      joinConsumers(buses.map((bus) => bus.listen(exchange, bindingKey, onMessage))),
    openSlot: () => joinSlots(buses.map((bus) => bus.openSlot())),
    async depth(queue) {
      const depths = await ofAvailable(buses, (bus) => bus.depth(queue));
      return { ready: sum(depths.map(({ ready }) => ready)), consumers: sum(depths.map(({ consumers }) => consumers)) };
    },
    async readEpoch() {
      const [first, ...others] = await ofAvailable(buses, (bus) => bus.readEpoch());
      return others.every((epoch) => epoch === first) ? first : undefined;
    },
    async writeEpoch(epoch) {
      await ofAvailable(buses, (bus) => bus.writeEpoch(epoch));
    },
    health() {
      const all = buses.map((bus) => bus.health());
      const reasons = all.flatMap(({ reason }) => reason ?? []);
      return {
        name: 'broker',
        ok: all.some(({ ok }) => ok),
        ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
      };
    },
    async close() {
      await Promise.all(buses.map((bus) => bus.close()));
    },
  };
}

/** The default exchange leads to a queue by name, which one broker alone may hold (the answer to a reply-to): ask all. */
async function publishOnOne(buses: readonly Bus[], message: OutgoingMessage): Promise<void> {
  const anywhere = message.exchange === '';
  let failure: unknown;
  for (const bus of rankBrokers(buses, message.messageId)) {
    try {
      await bus.publish(anywhere ? { ...message, mandatory: true } : message);
      return;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (failure === undefined || error.code === 'message_refused') failure = error;
      if (error.code !== 'broker_unavailable' && !anywhere) break;
    }
  }
  const unroutable = failure instanceof AppError && failure.code === 'message_refused' && !failure.retryable;
  if (anywhere && unroutable && message.mandatory !== true) return;
  throw failure;
}

function joinConsumers(consumers: readonly Consumer[]): Consumer {
  return {
    get live() {
      return consumers.some((consumer) => consumer.live);
    },
    async stop() {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    },
  };
}

/** The answers of the brokers that are there. @throws the first error when none is, or when one says something else */
async function ofAvailable<T>(buses: readonly Bus[], ask: (bus: Bus) => Promise<T>): Promise<readonly T[]> {
  const settled = await Promise.allSettled(buses.map(ask));
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  const grave = failures.find((error) => !(error instanceof AppError && error.code === 'broker_unavailable'));
  if (grave !== undefined) throw grave;
  if (failures.length === buses.length) throw failures[0];
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
