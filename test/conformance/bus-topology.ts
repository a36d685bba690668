import { randomBytes } from 'node:crypto';
import type { Queue, Topology } from '../../shared/queue/topology.ts';

/** A small farm under names of its own, so that tests can share a broker and run side by side. */
export interface TestTopology extends Topology {
  readonly jobs: string;
  readonly broadcast: string;
  readonly dead: string;
  readonly hi: string;
  readonly std: string;
  readonly bulk: string;
  readonly small: string;
  readonly newest: string;
  readonly delay: string;
}

export function testTopology(): TestTopology {
  const prefix = `t${randomBytes(4).toString('hex')}`;
  const names = {
    jobs: `${prefix}.jobs`,
    broadcast: `${prefix}.broadcast`,
    deadLetters: `${prefix}.dead-letters`,
    later: `${prefix}.later`,
    dead: `${prefix}.dead`,
    hi: `${prefix}.hi`,
    std: `${prefix}.std`,
    bulk: `${prefix}.bulk`,
    small: `${prefix}.small`,
    newest: `${prefix}.newest`,
    delay: `${prefix}.delay`,
  };
  const work = (name: string, key: string): Queue => ({
    name,
    type: 'quorum',
    bindings: [{ exchange: names.jobs, key }],
    maxLength: 5000,
    overflow: 'reject-publish',
    deadLetterExchange: names.deadLetters,
    deliveryLimit: 2,
  });
  return {
    ...names,
    retryTiers: [{ exchange: names.later, delayMs: 400 }],
    exchanges: [
      { name: names.jobs, type: 'topic' },
      { name: names.deadLetters, type: 'topic' },
      { name: names.broadcast, type: 'fanout' },
      { name: names.later, type: 'fanout' },
    ],
    queues: [
      work(names.hi, 'job.*.hi'),
      work(names.std, 'job.*.std'),
      work(names.bulk, 'job.*.bulk'),
      { ...work(names.small, 'small'), maxLength: 5 },
      {
        name: names.newest,
        type: 'quorum',
        bindings: [{ exchange: names.jobs, key: 'newest.#' }],
        maxLength: 3,
        overflow: 'drop-head',
      },
      { name: names.dead, type: 'quorum', bindings: [{ exchange: names.deadLetters, key: '#' }], deliveryLimit: 20 },
      {
        name: names.delay,
        type: 'quorum',
        bindings: [{ exchange: names.later, key: '#' }],
        maxLength: 1000,
        overflow: 'reject-publish',
        ttlMs: 400,
        deadLetterExchange: names.jobs,
      },
    ],
  };
}
