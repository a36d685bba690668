import type { Queryable } from './database.ts';

export interface Backlog {
  readonly tenantOpenSteps: number;
  readonly farmOpenSteps: number;
  /** Steps of the whole farm that ended, averaged over the last minute. */
  readonly finishedPerSecond: number;
  /** How long the oldest due step has waited for the relay; 0 when none waits. */
  readonly oldestUndispatchedSeconds: number;
}

type FarmBacklog = Omit<Backlog, 'tenantOpenSteps'>;

/** Steps as people sent them, without the parts of split ones. Asked for every submission: the tenant's count is exact, what concerns the whole farm is at most a second old. */
export async function readBacklog(db: Queryable, tenant: string): Promise<Backlog> {
  const [farm, own] = await Promise.all([
    readFarmBacklog(db),
    db.query<{ open: number }>(
      `select count(*)::int as open from steps
       where tenant = $1 and parent is null and status in ('waiting', 'queued', 'running')`,
      [tenant],
    ),
  ]);
  return { ...farm, tenantOpenSteps: own.rows[0]?.open ?? 0 };
}

const validForMs = 1000;
const latest = new WeakMap<Queryable, { readonly until: number; readonly farm: Promise<FarmBacklog> }>();

function readFarmBacklog(db: Queryable): Promise<FarmBacklog> {
  const known = latest.get(db);
  if (known && known.until > Date.now()) return known.farm;
  const farm = queryFarmBacklog(db);
  latest.set(db, { until: Date.now() + validForMs, farm });
  farm.catch(() => latest.delete(db));
  return farm;
}

async function queryFarmBacklog(db: Queryable): Promise<FarmBacklog> {
  const backlog = await db.query<FarmBacklog>(
    `select
       (select count(*)::int from steps
        where parent is null and status in ('waiting', 'queued', 'running')) as "farmOpenSteps",
       (select count(*)::float8 / 60 from steps
        where parent is null and finished_at > now() - interval '60 seconds') as "finishedPerSecond",
       (select coalesce(greatest(0, extract(epoch from now() - min(queued_at))), 0)::float8
        from steps where status = 'queued' and dispatched_at is null) as "oldestUndispatchedSeconds"`,
  );
  return backlog.rows[0] ?? { farmOpenSteps: 0, finishedPerSecond: 0, oldestUndispatchedSeconds: 0 };
}
