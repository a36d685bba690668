import { randomUUID } from 'node:crypto';
import { applyHappening } from '../../shared/ledger/apply-happening.ts';
import type { Orchestrator } from './orchestrator.ts';
import { runAlone } from './run-alone.ts';

const broker = 'farm';
/** While all is well; a broker that went away is looked at as soon as it is back. */
const betweenLooksMs = 10_000;

interface Looked {
  readonly forgotten: number;
  readonly settled: boolean;
}

interface Remembered {
  /** null: the broker lost its disk and its queues are too young to be trusted. */
  readonly epoch: string | null;
  readonly ageMs: number;
}

export interface EpochWatch {
  /** How many jobs had steps that must go out anew. */
  check(): Promise<number>;
}

/**
 * Finds a broker that lost its disk. A message kept in the broker names its disk; the ledger remembers the name.
 *
 *   same name               → all is well
 *   another name            → another disk: everything dispatched goes out anew, the name is remembered
 *   no name                 → the disk is gone: everything dispatched goes out anew, and the broker is on probation
 *   no name, on probation   → after `epochSettleMs` it gets a new name. A queue that is younger can vanish with its
 *                             messages when the broker is killed (RabbitMQ, single node), so a broker that went away on
 *                             probation starts it over.
 */
export function createEpochWatch(orchestrator: Orchestrator): EpochWatch {
  let wentAway = false;
  let nextLook = 0;
  return {
    check: async () => {
      if (!orchestrator.bus.health().ok) {
        wentAway = true;
        return 0;
      }
      if (Date.now() < nextLook && !wentAway) return 0;
      const looked = await runAlone(orchestrator.database, 'epoch', () => checkEpoch(orchestrator, wentAway));
      if (looked === undefined) return 0;
      wentAway = false;
      nextLook = Date.now() + (looked.settled ? betweenLooksMs : 0);
      return looked.forgotten;
    },
  };
}

async function checkEpoch(orchestrator: Orchestrator, wentAway: boolean): Promise<Looked> {
  const named = await orchestrator.bus.readEpoch();
  const remembered = await readRemembered(orchestrator);
  if (named === undefined) return await probate(orchestrator, wentAway ? undefined : remembered);
  if (named === remembered?.epoch) return { forgotten: 0, settled: true };
  const forgotten = await sendOutAnew(orchestrator, 'epoch.other');
  await remember(orchestrator, named);
  return { forgotten, settled: true };
}

async function probate(orchestrator: Orchestrator, remembered: Remembered | undefined): Promise<Looked> {
  const { bus, config } = orchestrator;
  const onProbation = remembered?.epoch === null;
  const forgotten = onProbation ? 0 : await sendOutAnew(orchestrator, 'epoch.lost');
  if (!onProbation) await remember(orchestrator, null);
  const settled = (onProbation ? remembered.ageMs : 0) >= config.epochSettleMs;
  if (settled) {
    const epoch = randomUUID();
    await bus.writeEpoch(epoch);
    await remember(orchestrator, epoch);
  }
  return { forgotten, settled };
}

async function sendOutAnew({ database, log, config }: Orchestrator, why: string): Promise<number> {
  const jobs = await database.query<{ jobId: string }>(
    `select distinct job_id as "jobId" from steps where status in ('queued', 'running') and dispatched_at is not null`,
  );
  for (const { jobId } of jobs.rows) await applyHappening(database, { jobId }, { what: 'forgotten' }, config.leases);
  log.info({ jobs: jobs.rows.length }, why);
  return jobs.rows.length;
}

async function readRemembered({ database }: Orchestrator): Promise<Remembered | undefined> {
  const rows = await database.query<Remembered>(
    `select epoch, (extract(epoch from clock_timestamp() - seen_at) * 1000)::float8 as "ageMs"
     from broker_epochs where broker = $1`,
    [broker],
  );
  return rows.rows[0];
}

async function remember({ database }: Orchestrator, epoch: string | null): Promise<void> {
  await database.query(
    `insert into broker_epochs (broker, epoch, seen_at) values ($1, $2, clock_timestamp())
     on conflict (broker) do update set epoch = excluded.epoch, seen_at = excluded.seen_at`,
    [broker, epoch],
  );
}
