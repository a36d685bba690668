/** A program in another language, so to speak: plain amqplib, a job document, reply-to and correlation-id. */
import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';
import type { Json } from './farm-client.ts';

export async function submitOverAmqp(url: string, job: unknown, timeoutMs = 15_000): Promise<Json> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    const correlationId = randomUUID();
    const answer = new Promise<Json>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer over AMQP within ${timeoutMs} ms`)), timeoutMs);
      channel.consume(
        queue,
        (message) => {
          if (message?.properties.correlationId !== correlationId) return;
          clearTimeout(timer);
          resolve(JSON.parse(message.content.toString()));
        },
        { noAck: true },
      );
    });
    channel.publish('farm.submissions', '', Buffer.from(JSON.stringify(job)), {
      replyTo: queue,
      correlationId,
      contentType: 'application/json',
    });
    return await answer;
  } finally {
    await connection.close();
  }
}
