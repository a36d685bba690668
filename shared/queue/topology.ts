/**
 * The broker's topology as data: quorum queues, the same on RabbitMQ 3.10, 4.0 and 4.3 and in memory-bus. Design §3.
 *
 *   farm.jobs ──job.<kind>.<class>──► farm.v1.work.<kind>.<class> ──(rejected, delivery limit)──► farm.dead ► farm.v1.dead
 *   farm.delay.<tier> ──► farm.v1.delay.<tier> ──(after its TTL, same routing key)──► farm.jobs
 *   farm.reports ──<kind>.<what>──► farm.v1.state, farm.v1.progress      farm.control ──► every worker
 *   farm.events ──<tenant>.<type>.<severity>──► farm.log, farm.alerts, anyone's queue
 *   farm.submissions ──► farm.v1.submissions
 */
import type { Priority } from '../messages/job.ts';
import { reportKinds } from '../messages/report.ts';

export interface Exchange {
  readonly name: string;
  readonly type: 'topic' | 'fanout';
}

export interface Queue {
  readonly name: string;
  readonly type: 'quorum' | 'classic';
  readonly bindings: readonly { readonly exchange: string; readonly key: string }[];
  readonly maxLength?: number;
  readonly overflow?: 'reject-publish' | 'drop-head';
  readonly ttlMs?: number;
  /** At-least-once dead-lettering, keeping the message's own routing key. */
  readonly deadLetterExchange?: string;
  readonly deliveryLimit?: number;
  readonly consumerTimeoutMs?: number;
}

export interface Topology {
  readonly exchanges: readonly Exchange[];
  readonly queues: readonly Queue[];
  readonly retryTiers: readonly RetryTier[];
}

/** One rung of the retry ladder. */
export interface RetryTier {
  readonly exchange: string;
  readonly delayMs: number;
}

export const priorityClasses = ['hi', 'std', 'bulk'] as const;
export type PriorityClass = (typeof priorityClasses)[number];

export const exchanges = {
  jobs: 'farm.jobs',
  dead: 'farm.dead',
  reports: 'farm.reports',
  events: 'farm.events',
  control: 'farm.control',
  submissions: 'farm.submissions',
} as const;

export const queues = {
  dead: 'farm.v1.dead',
  state: 'farm.v1.state',
  progress: 'farm.v1.progress',
  submissions: 'farm.v1.submissions',
  epoch: 'farm.v1.epoch',
  log: 'farm.log',
  alerts: 'farm.alerts',
} as const;

/** 4 h: longer than any task may run; RabbitMQ's default of 30 min would hand a long transcode to a second worker. */
const consumerTimeoutMs = 14_400_000;
const workQueueLength = 10_000;
const deadLength = 100_000;
/**
 * Always said, for RabbitMQ 4 gives a quorum queue 20 unasked and then drops the message if it has no dead letters. Where
 * messages are only looked at and put back (dead letters by an operator, the epoch at each start) that must never happen.
 */
const deliveryLimit = 20;
const practicallyUnlimited = 1_000_000_000;

/** try 0 fails → 10 s → try 1 → 1 min → try 2 → 5 min → try 3 → 30 min → try 4 → failed for good. */
export const defaultRetryDelaysMs = [10_000, 60_000, 300_000, 1_800_000] as const;

export function priorityClassOf(priority: Priority): PriorityClass {
  return ({ high: 'hi', normal: 'std', low: 'bulk' } as const)[priority];
}

export function workQueue(kind: string, priorityClass: PriorityClass): string {
  return `farm.v1.work.${kind}.${priorityClass}`;
}

export function jobRoutingKey(kind: string, priorityClass: PriorityClass): string {
  return `job.${kind}.${priorityClass}`;
}

export function reportRoutingKey(kind: string, what: string): string {
  return `${kind}.${what}`;
}

export function farmTopology(
  kinds: readonly string[],
  retryDelaysMs: readonly number[] = defaultRetryDelaysMs,
): Topology {
  const retryTiers = retryDelaysMs.map((delayMs) => ({ exchange: `farm.delay.${tierLabel(delayMs)}`, delayMs }));
  return {
    retryTiers,
    exchanges: [
      ...[exchanges.jobs, exchanges.dead, exchanges.reports, exchanges.events].map(topic),
      ...[exchanges.control, exchanges.submissions, ...retryTiers.map((tier) => tier.exchange)].map(fanout),
    ],
    queues: [
      ...kinds.flatMap((kind) => priorityClasses.map((priorityClass) => work(kind, priorityClass))),
      ...retryTiers.map(delay),
      ...controlPlane,
    ],
  };
}

/** Labels of the ladder: `10s`, `1m`, `30m`; below a second (tests) `250ms`. */
function tierLabel(delayMs: number): string {
  if (delayMs % 60_000 === 0) return `${delayMs / 60_000}m`;
  return delayMs % 1000 === 0 ? `${delayMs / 1000}s` : `${delayMs}ms`;
}

const topic = (name: string): Exchange => ({ name, type: 'topic' });
const fanout = (name: string): Exchange => ({ name, type: 'fanout' });

function work(kind: string, priorityClass: PriorityClass): Queue {
  return {
    name: workQueue(kind, priorityClass),
    type: 'quorum',
    bindings: [{ exchange: exchanges.jobs, key: jobRoutingKey(kind, priorityClass) }],
    maxLength: workQueueLength,
    overflow: 'reject-publish',
    deadLetterExchange: exchanges.dead,
    deliveryLimit,
    consumerTimeoutMs,
  };
}

function delay(tier: RetryTier): Queue {
  return {
    name: tier.exchange.replace('farm.delay.', 'farm.v1.delay.'),
    type: 'quorum',
    bindings: [{ exchange: tier.exchange, key: '#' }],
    maxLength: deadLength,
    overflow: 'reject-publish',
    ttlMs: tier.delayMs,
    deadLetterExchange: exchanges.jobs,
  };
}

const stateReports = reportKinds.filter((what) => what !== 'progress');

const controlPlane: readonly Queue[] = [
  {
    name: queues.dead,
    type: 'quorum',
    bindings: [{ exchange: exchanges.dead, key: '#' }],
    maxLength: deadLength,
    overflow: 'drop-head',
    deliveryLimit: practicallyUnlimited,
  },
  {
    name: queues.state,
    type: 'quorum',
    bindings: stateReports.map((what) => ({ exchange: exchanges.reports, key: `*.${what}` })),
    overflow: 'reject-publish',
    deadLetterExchange: exchanges.dead,
    deliveryLimit: 50,
  },
  {
    name: queues.progress,
    type: 'classic',
    bindings: [{ exchange: exchanges.reports, key: '*.progress' }],
    maxLength: 10_000,
    overflow: 'drop-head',
    ttlMs: 60_000,
  },
  {
    name: queues.submissions,
    type: 'quorum',
    bindings: [{ exchange: exchanges.submissions, key: '#' }],
    maxLength: deadLength,
    overflow: 'reject-publish',
    deadLetterExchange: exchanges.dead,
    deliveryLimit,
  },
  {
    name: queues.log,
    type: 'quorum',
    bindings: [{ exchange: exchanges.events, key: '#' }],
    maxLength: deadLength,
    overflow: 'drop-head',
    deliveryLimit,
  },
  {
    name: queues.alerts,
    type: 'quorum',
    bindings: [{ exchange: exchanges.events, key: '#.critical' }],
    maxLength: deadLength,
    overflow: 'drop-head',
    deliveryLimit,
  },
  {
    name: queues.epoch,
    type: 'quorum',
    bindings: [],
    maxLength: 1,
    overflow: 'drop-head',
    deliveryLimit: practicallyUnlimited,
  },
];
