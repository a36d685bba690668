import { AppError } from '../../shared/errors.ts';
import type { Database } from '../../shared/ledger/database.ts';
import { type Backlog, readBacklog } from '../../shared/ledger/read-backlog.ts';

export interface Admission {
  /** @throws AppError `too_many_requests` (429) or `farm_overloaded` (503), both with when to come back. */
  admit(tenant: string): Promise<void>;
  /** Room for jobs about to be written, so that many at once do not all count on the same. To be left when they are. */
  enter(tenant: string): Promise<Room>;
  /** Steps just accepted, counted until the ledger is read again. */
  accepted(tenant: string, steps: number): void;
}

export interface Room {
  /** For one job: as long as the backlog is below its limit there is room, whatever the number of its steps. @throws as `admit` */
  take(steps: number): void;
  leave(): void;
}

interface Limits {
  readonly tenantBacklog: number;
  readonly farmBacklog: number;
}

interface Reading {
  readonly backlog: Promise<Backlog>;
  readonly startedMs: number;
  acceptedSince: number;
}

const cacheMs = 1000;
const maxTenantsKept = 10_000;
/** Room there should be when the client comes back, so that it is not refused again at once. */
const roomFraction = 0.1;
const minSeconds = 1;
const maxSeconds = 600;
/** Nothing finished in the last minute: no rate to reckon with. */
const unknownSeconds = 30;

export function admitJobs(deps: { database: Database }, limits: Limits, now = Date.now): Admission {
  const readings = new Map<string, Reading>();
  const underWay = createCount();
  const read = (tenant: string): Reading => {
    const known = readings.get(tenant);
    if (known && now() - known.startedMs < cacheMs) return known;
    if (readings.size >= maxTenantsKept) readings.clear();
    const reading = { backlog: readBacklog(deps.database, tenant), startedMs: now(), acceptedSince: 0 };
    readings.set(tenant, reading);
    reading.backlog.catch(() => readings.delete(tenant));
    return reading;
  };
  const refuse = (tenant: string, reading: Reading, backlog: Backlog) => {
    const { acceptedSince } = reading;
    refuseFull(backlog, { tenant: acceptedSince + underWay.of(tenant), farm: acceptedSince + underWay.all() }, limits);
  };
  return {
    admit: async (tenant) => {
      const reading = read(tenant);
      refuse(tenant, reading, await reading.backlog);
    },
    enter: async (tenant) => {
      const reading = read(tenant);
      const backlog = await reading.backlog;
      let taken = 0;
      return {
        take: (steps) => {
          refuse(tenant, reading, backlog);
          underWay.add(tenant, steps);
          taken += steps;
        },
        leave: () => underWay.add(tenant, -taken),
      };
    },
    accepted: (tenant, steps) => {
      const reading = readings.get(tenant);
      if (reading) reading.acceptedSince += steps;
    },
  };
}

/** Steps of jobs that are being written: by tenant and of all. */
function createCount() {
  const counts = new Map<string, number>();
  let all = 0;
  return {
    of: (tenant: string) => counts.get(tenant) ?? 0,
    all: () => all,
    add: (tenant: string, steps: number) => {
      all += steps;
      const count = (counts.get(tenant) ?? 0) + steps;
      if (count === 0) counts.delete(tenant);
      else counts.set(tenant, count);
    },
  };
}

/** Steps that are not in the backlog as it was read. */
interface Since {
  readonly tenant: number;
  readonly farm: number;
}

function refuseFull(backlog: Backlog, since: Since, limits: Limits): void {
  const tenantOpen = backlog.tenantOpenSteps + since.tenant;
  const farmOpen = backlog.farmOpenSteps + since.farm;
  if (tenantOpen >= limits.tenantBacklog) {
    throw new AppError(
      'too_many_requests',
      `${tenantOpen} of your steps are waiting or running; this farm holds ${limits.tenantBacklog} per tenant. Send this job again later.`,
      {
        retryable: true,
        retryAfterSeconds: secondsToRoom(tenantOpen, limits.tenantBacklog, backlog.finishedPerSecond),
      },
    );
  }
  if (farmOpen >= limits.farmBacklog) {
    throw new AppError('farm_overloaded', 'The farm has as much work waiting as it holds. Send this job again later.', {
      retryable: true,
      retryAfterSeconds: secondsToRoom(farmOpen, limits.farmBacklog, backlog.finishedPerSecond),
    });
  }
}

/**
 * Little's law, W = L / λ: how long until the queue is short enough, L being the steps that must end first and λ the rate at
 * which steps end. 20 500 open of 20 000 with 50 a second: (20 500 − 18 000) / 50 = 50 s. A tenant's share of λ is not known;
 * the farm's is the best case, and who comes back too early is told again.
 */
export function secondsToRoom(openSteps: number, limit: number, finishedPerSecond: number): number {
  if (finishedPerSecond <= 0) return unknownSeconds;
  const mustEnd = openSteps - limit * (1 - roomFraction);
  return Math.min(maxSeconds, Math.max(minSeconds, Math.ceil(mustEnd / finishedPerSecond)));
}
