import type { Delivery } from '../bus.ts';
import type { Loan } from './memory-queue.ts';

/** `onSettled` runs once, after the first settlement. */
export function memoryDelivery(queue: string, loan: Loan, lost: AbortSignal, onSettled: () => void): Delivery {
  const { message } = loan;
  let settled = false;
  const settle = (how: () => void) => () => {
    if (settled || lost.aborted) return;
    settled = true;
    how();
    onSettled();
  };
  return {
    body: JSON.parse(message.json),
    headers: message.returns > 0 ? { ...message.headers, 'x-delivery-count': message.returns } : message.headers,
    queue,
    routingKey: message.routingKey,
    messageId: message.messageId,
    correlationId: message.correlationId,
    replyTo: message.replyTo,
    redelivered: message.returns > 0,
    lost,
    ack: settle(loan.ack),
    reject: settle(loan.reject),
    release: settle(loan.release),
  };
}
