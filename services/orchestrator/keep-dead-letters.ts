import { setTimeout as pause } from 'node:timers/promises';
import { applyHappening } from '../../shared/ledger/apply-happening.ts';
import { taskMessage } from '../../shared/messages/task.ts';
import type { Delivery } from '../../shared/queue/bus.ts';
import { queues } from '../../shared/queue/topology.ts';
import { type Consuming, consumeUntil } from './consume-until.ts';
import { forgetSecretsOf } from './forget-secrets.ts';
import type { Orchestrator } from './orchestrator.ts';
import { persist } from './persist.ts';
import { stopSiblings } from './stop-siblings.ts';

/** They wait out their grace side by side. */
const prefetch = 500;

/**
 * Moves dead letters into the ledger, where people can look at them; a dead task fails its step with `worker_lost`. A
 * worker that gives a task up says why on another queue, and its word is better: it gets a grace to arrive first.
 */
export function keepDeadLetters(orchestrator: Orchestrator, onApplied: () => void): Consuming {
  const { bus, log, config, database } = orchestrator;
  return consumeUntil(bus, queues.dead, { prefetch, log }, async (delivery, signal) => {
    await pause(config.deadLetterGraceMs, undefined, { signal });
    const task = taskMessage.safeParse(delivery.body);
    if (delivery.routingKey.startsWith('job.') && task.success) {
      const { job: jobId, tenant, step, dispatch } = task.data;
      const fail = () => applyHappening(database, { jobId, tenant }, { what: 'dead', step, dispatch });
      const applied = await persist(fail, signal);
      if (applied?.verdict === 'applied') {
        onApplied();
        await stopSiblings(orchestrator, { job: jobId, step });
      }
    }
    await persist(() => insertDeadLetter(orchestrator, delivery), signal);
    log.warn({ routingKey: delivery.routingKey, reason: reasonOf(delivery) }, 'dead_letter.kept');
    delivery.ack();
  });
}

async function insertDeadLetter({ database }: Orchestrator, delivery: Delivery): Promise<void> {
  await database.query('insert into dead_letters (routing_key, reason, body, headers) values ($1, $2, $3, $4)', [
    delivery.routingKey,
    reasonOf(delivery),
    JSON.stringify(forgetSecretsOf(delivery.body) ?? null),
    JSON.stringify(delivery.headers),
  ]);
}

/** RabbitMQ's word: `rejected`, `delivery_limit`, `expired` or `maxlen`. */
function reasonOf({ headers }: Delivery): string {
  const reason = headers['x-last-death-reason'] ?? headers['x-first-death-reason'];
  return typeof reason === 'string' ? reason : 'unknown';
}
