import type pg from 'pg';
import type { Log } from '../log.ts';
import type { Bus } from '../queue/bus.ts';
import { type ClaimedStep, claimSteps, type OpenLine } from './claim-steps.ts';
import type { Database } from './database.ts';
import { describeTasks, messageOfTask } from './describe-tasks.ts';
import { defaultLeasePolicy, type LeasePolicy } from './lease-policy.ts';
import { publishAll } from './publish-all.ts';
import { readLanes } from './read-lanes.ts';
import { roomOfLane } from './room-of-lane.ts';

export interface RelayDeps {
  readonly database: Database;
  readonly bus: Bus;
  readonly log: Log;
  readonly leases?: LeasePolicy;
}

/** Steps locked in one transaction: four rounds of confirms. */
const batch = 64;
/** A step that is due for longer has been passed over for want of room: there is a backlog. */
const backlogMs = 250;

/**
 * Hands due steps to the broker as far as its queues have room; how many. While the broker is away nothing is marked and
 * nothing is thrown: the steps wait in the ledger. Relays may run side by side, here and on other machines.
 *
 * With `jobIds` only steps of these jobs, for the api right after it accepted them; where others wait already it leaves
 * them to the orchestrator, which keeps the turns.
 */
export async function relayDispatches(deps: RelayDeps, jobIds?: readonly string[]): Promise<number> {
  let total = 0;
  while (deps.bus.health().ok) {
    const lines = await readOpenLines(deps, jobIds !== undefined);
    if (lines.length === 0) break;
    const { claimed, handed } = await relayBatch(deps, lines, jobIds);
    total += handed;
    if (claimed < batch || handed < claimed) break;
  }
  return total;
}

async function readOpenLines(deps: RelayDeps, onlyWithoutBacklog: boolean): Promise<readonly OpenLine[]> {
  const lanes = await readLanes(deps.database);
  const usable = lanes.filter((lane) => !onlyWithoutBacklog || lane.lines.every((line) => line.waitedMs < backlogMs));
  const open = usable.map(async (lane) => {
    const { room, slots } = await roomOfLane(deps.bus, lane);
    return room === 0 ? [] : lane.lines.map((line) => ({ ...line, room, slots }));
  });
  return (await Promise.all(open)).flat();
}

/**
 * One transaction: lock, publish, mark. A crash between publishing and marking sends the same dispatch again, and the
 * fence makes one effect of it; marking first would lose a step until its lease runs out.
 */
async function relayBatch(deps: RelayDeps, lines: readonly OpenLine[], jobIds: readonly string[] | undefined) {
  return await deps.database.transaction(async (client) => {
    const steps = await claimSteps(client, lines, { limit: batch, jobIds });
    const tasks = steps.length === 0 ? [] : await describeTasks(client, steps);
    const { handed, failed, failure } = await publishAll(deps.bus, tasks, ({ task }) => messageOfTask(task));
    if (failed > 0) deps.log.warn({ err: failure, failed, handed: handed.length }, 'dispatch.refused');
    await markDispatched(
      client,
      handed.map(({ step }) => step),
      deps.leases ?? defaultLeasePolicy,
    );
    return { claimed: steps.length, handed: handed.length };
  });
}

async function markDispatched(
  client: pg.PoolClient,
  steps: readonly ClaimedStep[],
  leases: LeasePolicy,
): Promise<void> {
  if (steps.length === 0) return;
  await client.query(
    `update steps set dispatched_at = clock_timestamp(), lease_until = clock_timestamp() + $3 * interval '1 ms'
     where (job_id, name) in (select * from unnest($1::text[], $2::text[]))`,
    [steps.map((step) => step.jobId), steps.map((step) => step.name), leases.dispatchedMs],
  );
}
