import type { Log } from '../log.ts';
import { BroadcastListener } from './amqp/broadcast-listener.ts';
import type { BrokerAddress } from './amqp/broker-address.ts';
import { BrokerConnection } from './amqp/broker-connection.ts';
import { BrokerDesk } from './amqp/broker-desk.ts';
import { declareTopology } from './amqp/declare-topology.ts';
import { Publisher } from './amqp/publisher.ts';
import { QueueConsumer } from './amqp/queue-consumer.ts';
import { answerWithinMs } from './amqp/within.ts';
import { WorkSlot } from './amqp/work-slot.ts';
import type { Bus } from './bus.ts';
import { epochMessage } from './epoch-message.ts';
import type { Topology } from './topology.ts';

export interface AmqpBusOptions {
  readonly address: BrokerAddress;
  readonly topology: Topology;
  readonly log: Log;
  readonly name: string;
}

/** What the bus opened for others and closes with itself. */
interface Opened {
  readonly fault: string | undefined;
  readonly closed: boolean;
  close(): Promise<void>;
}

/** One RabbitMQ. Publishing and consuming have a connection each: a broker short of memory stops reading publishers only. */
export async function createAmqpBus(options: AmqpBusOptions): Promise<Bus> {
  const { log } = options;
  const publishing = connectTo(options, 'publish');
  const consuming = connectTo(options, 'consume');
  const publisher = new Publisher(publishing, log);
  const desk = new BrokerDesk(consuming, log);
  const opened = new Set<Opened>([publisher, desk]);
  const keep = <T extends Opened>(part: T): T => {
    for (const other of opened) if (other.closed) opened.delete(other);
    opened.add(part);
    return part;
  };
  await Promise.all([publishing, consuming].map((connection) => connection.whenTried()));
  if (publishing.up && consuming.up) await settle([publisher, desk]);
  return {
    publish: (message) => publisher.publish(message),
    consume: (queue, { prefetch }, onDelivery) =>
      keep(new QueueConsumer({ connection: consuming, queue, prefetch, onDelivery, log })),
    listen: (exchange, bindingKey, onMessage) =>
      keep(new BroadcastListener({ connection: consuming, exchange, bindingKey, onMessage, log })),
    openSlot: () => keep(new WorkSlot({ connection: consuming, log })),
    depth: (queue) => desk.depth(queue),
    readEpoch: () => desk.readEpoch(),
    writeEpoch: (epoch) => publisher.publish(epochMessage(epoch)),
    health() {
      const faults = [publishing, consuming, ...opened].map((part) => part.fault);
      const reason = faults.find((fault) => fault !== undefined);
      return reason === undefined ? { name: 'broker', ok: true } : { name: 'broker', ok: false, reason };
    },
    async close() {
      await Promise.all([...opened].map((part) => part.close()));
      await Promise.all([publishing.close(), consuming.close()]);
    },
  };
}

/** So that a bus on a healthy broker is well from the start; a broker that is away is not waited for. */
async function settle(parts: readonly { ready(signal: AbortSignal): Promise<unknown> }[]): Promise<void> {
  const patience = AbortSignal.timeout(answerWithinMs);
  await Promise.allSettled(parts.map((part) => part.ready(patience)));
}

function connectTo({ address, topology, log, name }: AmqpBusOptions, use: 'publish' | 'consume'): BrokerConnection {
  return new BrokerConnection({
    address,
    name: `${name} (${use})`,
    prepare: (model) => declareTopology(model, topology),
    log,
  });
}
