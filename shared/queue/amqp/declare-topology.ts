import type { Channel, ChannelModel, Options } from 'amqplib';
import type { Queue, Topology } from '../topology.ts';
import { within } from './within.ts';

interface Declaration {
  readonly what: string;
  /** A classic queue lives on one node of a cluster and cannot be declared while that node is away. */
  readonly mayBeAway?: boolean;
  readonly declare: (channel: Channel) => Promise<unknown>;
}

/**
 * Declares every exchange, queue and binding; what exists already with the same arguments stays as it is. Answers what the
 * broker refused (mostly 406: the queue exists with other arguments) and goes on, for one odd queue must not stop the farm.
 * @throws when the connection is lost or does not answer
 */
export async function declareTopology(model: ChannelModel, topology: Topology): Promise<readonly string[]> {
  const faults: string[] = [];
  let channel: Channel | undefined;
  for (const { what, declare, mayBeAway } of declarationsOf(topology)) {
    channel ??= await openQuietChannel(model);
    try {
      await within(declare(channel), `declaring ${what}`);
    } catch (error) {
      if (!isChannelError(error)) throw error;
      if (!(mayBeAway === true && error.code === 404)) faults.push(`${what}: ${error.message}`);
      channel = undefined;
    }
  }
  if (channel !== undefined) await within(channel.close(), 'closing the channel of the declarations');
  return faults;
}

function declarationsOf(topology: Topology): readonly Declaration[] {
  return [
    ...topology.exchanges.map(({ name, type }) => ({
      what: `exchange ${name}`,
      declare: (channel: Channel) => channel.assertExchange(name, type, { durable: true }),
    })),
    ...topology.queues.flatMap((queue) => [
      {
        what: `queue ${queue.name}`,
        mayBeAway: queue.type === 'classic',
        declare: (channel: Channel) => channel.assertQueue(queue.name, queueOptions(queue)),
      },
      ...queue.bindings.map(({ exchange, key }) => ({
        what: `binding of ${queue.name} to ${exchange}`,
        mayBeAway: queue.type === 'classic',
        declare: (channel: Channel) => channel.bindQueue(queue.name, exchange, key),
      })),
    ]),
  ];
}

/** Arguments all of RabbitMQ 3.10, 4.0 and 4.3 take: the ones only quorum queues know are a 406 on a classic one. */
function queueOptions(queue: Queue): Options.AssertQueue {
  const quorumOnly = {
    'x-delivery-limit': queue.deliveryLimit,
    'x-consumer-timeout': queue.consumerTimeoutMs,
    'x-dead-letter-strategy': queue.deadLetterExchange === undefined ? undefined : 'at-least-once',
  };
  const wanted = {
    'x-queue-type': queue.type,
    'x-max-length': queue.maxLength,
    'x-overflow': queue.overflow,
    'x-message-ttl': queue.ttlMs,
    'x-dead-letter-exchange': queue.deadLetterExchange,
    ...(queue.type === 'quorum' ? quorumOnly : {}),
  };
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  return { durable: true, arguments: Object.fromEntries(given) };
}

async function openQuietChannel(model: ChannelModel): Promise<Channel> {
  const channel = await within(model.createChannel(), 'opening a channel');
  // The refused call rejects with the same error; without a listener it would end the process.
  channel.on('error', () => undefined);
  return channel;
}

function isChannelError(error: unknown): error is Error & { readonly code: number } {
  return error instanceof Error && 'code' in error && typeof error.code === 'number';
}
