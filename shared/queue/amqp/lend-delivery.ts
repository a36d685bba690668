import type { Channel, Message } from 'amqplib';
import type { Delivery } from '../bus.ts';
import type { LiveChannel } from './supervised-channel.ts';

/**
 * A message as the port shows it. It is settled on the generation of the channel that delivered it or not at all: a stale
 * tag on a new channel would settle somebody else's message. `onSettled` runs once, after the first settlement.
 */
export function lendDelivery(
  live: LiveChannel<Channel>,
  queue: string,
  message: Message,
  onSettled: () => void = () => undefined,
): Delivery {
  const { properties, fields, content } = message;
  let settled = false;
  const settle = (how: (channel: Channel) => void) => () => {
    if (settled || live.lost.aborted) return;
    settled = true;
    try {
      how(live.channel);
    } catch (error) {
      // The channel is closing: the broker will lend the message again.
      live.abandon(error instanceof Error ? error.message : String(error));
    }
    onSettled();
  };
  return {
    body: parseBody(content),
    headers: properties.headers ?? {},
    queue,
    routingKey: fields.routingKey,
    messageId: properties.messageId,
    correlationId: properties.correlationId,
    replyTo: properties.replyTo,
    redelivered: fields.redelivered,
    lost: live.lost,
    ack: settle((channel) => channel.ack(message)),
    reject: settle((channel) => channel.reject(message, false)),
    // Never nack: from RabbitMQ 4.3 on it does not count towards the delivery limit.
    release: settle((channel) => channel.reject(message, true)),
  };
}

/** Strangers publish too: what is not JSON is handed on as text, for the consumer to say so. */
export function parseBody(content: Buffer): unknown {
  const text = content.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
