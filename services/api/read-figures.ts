/** The state of the farm in numbers, for Prometheus. What cannot be read is absent, so an alert on absence can fire. */
import type { Database } from '../../shared/ledger/database.ts';
import { switchedOffReason } from '../../shared/ledger/disable-endpoint.ts';
import { readBacklog } from '../../shared/ledger/read-backlog.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import { priorityClasses, queues, workQueue } from '../../shared/queue/topology.ts';

type Counts = readonly (readonly [string, number])[];

export interface FarmFigures {
  readonly openJobs?: Counts;
  readonly endedJobs?: Counts;
  readonly pendingDeliveries?: number;
  /** By state: enabled, failing, disabled (by the farm), off (by request). */
  readonly endpoints?: Counts;
  readonly openSteps?: number;
  readonly oldestUndispatchedSeconds?: number;
  readonly queues: readonly { readonly name: string; readonly ready: number; readonly consumers: number }[];
}

const depthTimeoutMs = 2000;
/** No tenant has this name: only the figures of the whole farm are wanted. */
const noTenant = '';

const countEndpoints = `
  select case when disabled_reason = $1 then 'off' when disabled_at is not null then 'disabled'
    when failing_since is not null then 'failing' else 'enabled' end as status, count(*)::int as count
  from webhook_endpoints group by 1`;

export async function readFigures(deps: {
  database: Database;
  bus: Bus;
  kinds: readonly string[];
}): Promise<FarmFigures> {
  const [ledger, depths] = await Promise.all([readLedger(deps.database).catch(() => ({})), readDepths(deps)]);
  return { ...ledger, queues: depths };
}

async function readLedger(database: Database): Promise<Omit<FarmFigures, 'queues'>> {
  const counted = 'count(*)::int as count from jobs where finished_at';
  type Row = { status: string; count: number };
  const [open, ended, pending, endpoints, backlog] = await Promise.all([
    database.query<Row>(`select status, ${counted} is null group by status`),
    database.query<Row>(`select status, ${counted} > now() - interval '1 hour' group by status`),
    database.query<{ count: number }>(`select count(*)::int as count from deliveries where status = 'pending'`),
    database.query<Row>(countEndpoints, [switchedOffReason]),
    readBacklog(database, noTenant),
  ]);
  const pairs = (rows: readonly Row[]): Counts => rows.map((row) => [row.status, row.count] as const);
  return {
    openJobs: pairs(open.rows),
    endedJobs: pairs(ended.rows),
    endpoints: pairs(endpoints.rows),
    pendingDeliveries: pending.rows[0]?.count ?? 0,
    openSteps: backlog.farmOpenSteps,
    oldestUndispatchedSeconds: backlog.oldestUndispatchedSeconds,
  };
}

async function readDepths(deps: { bus: Bus; kinds: readonly string[] }): Promise<FarmFigures['queues']> {
  const work = deps.kinds.flatMap((kind) => priorityClasses.map((priorityClass) => workQueue(kind, priorityClass)));
  const names = [...work, queues.dead, queues.state, queues.submissions];
  const depths = await Promise.all(names.map((name) => readDepth(deps.bus, name)));
  return depths.flatMap((depth) => depth ?? []);
}

async function readDepth(bus: Bus, name: string) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), depthTimeoutMs);
  });
  try {
    const depth = await Promise.race([bus.depth(name), late]);
    return depth && { name, ...depth };
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
