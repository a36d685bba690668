import { applyHappening } from '../../shared/ledger/apply-happening.ts';
import { type PriorityClass, workQueue } from '../../shared/queue/topology.ts';
import type { Orchestrator } from './orchestrator.ts';
import { stopSiblings } from './stop-siblings.ts';

interface ExpiredLease {
  readonly jobId: string;
  readonly step: string;
  readonly status: 'queued' | 'running';
  readonly dispatch: number;
  readonly kind: string;
  readonly priorityClass: PriorityClass;
  /** Steps handed to the same queue since, itself included, that did not begin. */
  readonly notOlder: number;
}

/** More in one pass would be an outage, and then the next pass is soon enough. */
const batch = 500;

/**
 * Finds steps that went silent. A running one missed a minute of heartbeats: its worker is dead or stalled. One that was handed
 * to its queue and never began is lost, unless the queue is merely long: the broker hands out in order, so of `ready`
 * messages the ledger's youngest `ready` steps are in it, and their leases are extended. Returns how many went back.
 */
export async function expireLeases(orchestrator: Orchestrator): Promise<number> {
  const { database, bus, log, config } = orchestrator;
  const ready = new Map<string, number>();
  let lost = 0;
  for (const lease of await readExpired(orchestrator)) {
    const queue = workQueue(lease.kind, lease.priorityClass);
    if (lease.status === 'queued') {
      if (!ready.has(queue)) ready.set(queue, (await bus.depth(queue)).ready);
      if (lease.notOlder <= (ready.get(queue) ?? 0)) {
        await extendLease(orchestrator, lease);
        continue;
      }
    }
    const { jobId, step, dispatch, status } = lease;
    const applied = await applyHappening(database, { jobId }, { what: 'silent', step, dispatch }, config.leases);
    if (applied?.verdict !== 'applied') continue;
    log.warn({ job: jobId, step, dispatch, status }, 'step.lost');
    await stopSiblings(orchestrator, { job: jobId, step });
    lost += 1;
  }
  return lost;
}

async function readExpired({ database }: Orchestrator): Promise<readonly ExpiredLease[]> {
  const expired = await database.query<ExpiredLease>(
    `select job_id as "jobId", name as step, status, dispatch, kind, priority_class as "priorityClass",
       (select count(*)::int from steps as other
        where other.kind = step.kind and other.priority_class = step.priority_class and other.status = 'queued'
          and other.dispatched_at >= step.dispatched_at) as "notOlder"
     from steps as step
     where status in ('queued', 'running') and lease_until < clock_timestamp()
     order by lease_until limit $1`,
    [batch],
  );
  return expired.rows;
}

async function extendLease({ database, config }: Orchestrator, lease: ExpiredLease): Promise<void> {
  await database.query(
    `update steps set lease_until = clock_timestamp() + $4 * interval '1 ms'
     where job_id = $1 and name = $2 and dispatch = $3 and status = 'queued'`,
    [lease.jobId, lease.step, lease.dispatch, config.leases.dispatchedMs],
  );
}
