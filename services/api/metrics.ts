import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '../../shared/ledger/database.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import { type FarmFigures, readFigures } from './read-figures.ts';

export interface Metrics {
  observe(request: { method: string; route: string; status: number; seconds: number }): void;
  uploaded(bytes: number): void;
  /** Prometheus text format. Figures of a part that is away are left out. */
  render(): Promise<{ contentType: string; text: string }>;
}

const cacheMs = 5000;

export function createMetrics(deps: { database: Database; bus: Bus; kinds: readonly string[] }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const durations = new Histogram({
    name: 'farm_http_request_duration_seconds',
    help: 'From the request to the end of the answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers,
  });
  const uploaded = new Counter({ name: 'farm_upload_bytes_total', help: 'Bytes of files taken', registers });
  const show = figureGauges(registers);
  let figures: Promise<FarmFigures> | undefined;
  let readAtMs = 0;
  return {
    observe: ({ method, route, status, seconds }) => durations.observe({ method, route, status }, seconds),
    uploaded: (bytes) => uploaded.inc(bytes),
    render: async () => {
      if (!figures || Date.now() - readAtMs > cacheMs) {
        readAtMs = Date.now();
        figures = readFigures(deps);
      }
      show(await figures);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function figureGauges(registers: Registry[]): (figures: FarmFigures) => void {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const jobs = gauge('farm_jobs_open', 'Jobs that have not ended, by status', ['status']);
  const ended = gauge('farm_jobs_ended_last_hour', 'Jobs that ended in the last hour, by status', ['status']);
  const steps = gauge('farm_steps_open', 'Steps that have not ended: the backlog');
  const age = gauge('farm_oldest_undispatched_seconds', 'How long the oldest due step has waited for the broker');
  const deliveries = gauge('farm_deliveries_pending', 'Webhook deliveries that are still to succeed');
  const endpoints = gauge('farm_webhook_endpoints', 'Webhook endpoints, by whether they are sent to', ['state']);
  const ready = gauge('farm_queue_ready', 'Messages waiting in a queue of the broker', ['queue']);
  const consumers = gauge('farm_queue_consumers', 'Consumers on a queue of the broker', ['queue']);
  const all = [jobs, ended, steps, age, deliveries, endpoints, ready, consumers];
  return (figures) => {
    for (const each of all) each.reset();
    for (const [status, count] of figures.openJobs ?? []) jobs.set({ status }, count);
    for (const [status, count] of figures.endedJobs ?? []) ended.set({ status }, count);
    if (figures.openSteps !== undefined) steps.set(figures.openSteps);
    if (figures.oldestUndispatchedSeconds !== undefined) age.set(figures.oldestUndispatchedSeconds);
    if (figures.pendingDeliveries !== undefined) deliveries.set(figures.pendingDeliveries);
    for (const [state, count] of figures.endpoints ?? []) endpoints.set({ state }, count);
    for (const queue of figures.queues) {
      ready.set({ queue: queue.name }, queue.ready);
      consumers.set({ queue: queue.name }, queue.consumers);
    }
  };
}
