import { AppError } from '../errors.ts';
import type { OutgoingMessage } from './bus.ts';

/** Why a bus did not take a message, in the words both adapters use. */
export function refused(
  message: Pick<OutgoingMessage, 'exchange' | 'routingKey'>,
  why: 'full' | 'unroutable',
): AppError {
  const reason = why === 'full' ? 'a queue it goes to is full' : 'no queue is bound for it';
  const address = `${message.exchange === '' ? 'queue' : message.exchange} ${message.routingKey}`.trim();
  return new AppError('message_refused', `The broker refused a message for ${address}: ${reason}.`, {
    retryable: why === 'full',
    retryAfterSeconds: 5,
  });
}

export function unavailable(reason: string, cause?: unknown): AppError {
  return new AppError('broker_unavailable', `The broker cannot take messages now: ${reason}. Try again.`, {
    retryable: true,
    retryAfterSeconds: 5,
    cause,
  });
}

export function noSuchQueue(name: string): AppError {
  return new AppError('not_found', `The broker has no queue named ${name}.`);
}
