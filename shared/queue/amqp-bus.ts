import type { Bus } from './bus.ts';
import type { BusOptions } from './open-bus.ts';

export async function createAmqpBus(_options: BusOptions): Promise<Bus> {
  throw new Error('amqp-bus is being written');
}
