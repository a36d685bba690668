import type { OutgoingMessage } from './bus.ts';
import { queues } from './topology.ts';

/** Straight to its queue, which keeps one message: the newest. */
export function epochMessage(epoch: string): OutgoingMessage {
  return { exchange: '', routingKey: queues.epoch, body: epoch, mandatory: true };
}
