import type { PriorityClass } from '../queue/topology.ts';
import type { Queryable } from './database.ts';

/** The line of one tenant before one work queue: steps the relay has not handed over yet. */
export interface Line {
  readonly kind: string;
  readonly priorityClass: PriorityClass;
  readonly tenant: string;
  /** How long its first step has been due. */
  readonly waitedMs: number;
  /** Steps of this tenant in this queue or at its workers. */
  readonly inFlight: number;
}

/** A work queue as the ledger sees it. */
export interface Lane {
  readonly kind: string;
  readonly priorityClass: PriorityClass;
  readonly inFlight: number;
  readonly running: number;
  /** Only tenants whose first step is due. */
  readonly lines: readonly Line[];
}

interface InFlight {
  readonly kind: string;
  readonly priorityClass: PriorityClass;
  readonly tenant: string;
  readonly inFlight: number;
  readonly running: number;
}

/** Who waits before which queue, and how full each is. The cost grows with tenants and with what is in flight, not with the backlog. */
export async function readLanes(db: Queryable): Promise<readonly Lane[]> {
  const lines = await readLines(db);
  if (lines.length === 0) return [];
  const counts = await readInFlight(db);
  const lanes = new Map<string, Lane>();
  for (const line of lines) {
    const key = `${line.kind} ${line.priorityClass}`;
    const here = counts.filter((count) => count.kind === line.kind && count.priorityClass === line.priorityClass);
    const own = here.find((count) => count.tenant === line.tenant);
    lanes.set(key, {
      kind: line.kind,
      priorityClass: line.priorityClass,
      inFlight: here.reduce((sum, count) => sum + count.inFlight, 0),
      running: here.reduce((sum, count) => sum + count.running, 0),
      lines: [...(lanes.get(key)?.lines ?? []), { ...line, inFlight: own?.inFlight ?? 0 }],
    });
  }
  return [...lanes.values()];
}

/** A loose index scan: from each line it jumps to the next, however long the line is. */
async function readLines(db: Queryable): Promise<readonly Omit<Line, 'inFlight'>[]> {
  const lines = await db.query<Omit<Line, 'inFlight'>>(
    `with recursive line as (
       (select kind, priority_class, tenant, queued_at from steps
        where status = 'queued' and dispatched_at is null
        order by kind, priority_class, tenant, queued_at limit 1)
       union all
       select next.* from line cross join lateral (
         select kind, priority_class, tenant, queued_at from steps
         where status = 'queued' and dispatched_at is null
           and (kind, priority_class, tenant) > (line.kind, line.priority_class, line.tenant)
         order by kind, priority_class, tenant, queued_at limit 1) as next
     )
     select kind, priority_class as "priorityClass", tenant,
       (extract(epoch from clock_timestamp() - queued_at) * 1000)::float8 as "waitedMs"
     from line where queued_at <= clock_timestamp()`,
  );
  return lines.rows;
}

/** A step between two tries waits in a delay queue (queued, with a run): it takes no room in its work queue. */
async function readInFlight(db: Queryable): Promise<readonly InFlight[]> {
  const counts = await db.query<InFlight>(
    `select kind, priority_class as "priorityClass", tenant, count(*)::int as "inFlight",
       (count(*) filter (where status = 'running'))::int as running
     from steps
     where status in ('queued', 'running') and dispatched_at is not null and (status = 'running' or run is null)
     group by kind, priority_class, tenant`,
  );
  return counts.rows;
}
