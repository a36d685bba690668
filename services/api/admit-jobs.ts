import { AppError } from '../../shared/errors.ts';
import type { Database } from '../../shared/ledger/database.ts';
import { type Backlog, readBacklog } from '../../shared/ledger/read-backlog.ts';

export interface Admission {
  /** @throws AppError `too_many_requests` (429) or `farm_overloaded` (503), both with when to come back. */
  admit(tenant: string): Promise<void>;
  /** Steps just accepted, counted until the ledger is read again. */
  accepted(tenant: string, steps: number): void;
}

interface Limits {
  readonly tenantBacklog: number;
  readonly farmBacklog: number;
}

interface Reading extends Backlog {
  readonly atMs: number;
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
  const readings = new Map<string, Promise<Reading>>();
  const startedMs = new Map<string, number>();
  const read = (tenant: string): Promise<Reading> => {
    const known = readings.get(tenant);
    if (known && now() - (startedMs.get(tenant) ?? 0) < cacheMs) return known;
    if (readings.size >= maxTenantsKept) readings.clear();
    const reading = readBacklog(deps.database, tenant).then((backlog) => ({
      ...backlog,
      atMs: now(),
      acceptedSince: 0,
    }));
    readings.set(tenant, reading);
    startedMs.set(tenant, now());
    reading.catch(() => readings.delete(tenant));
    return reading;
  };
  return {
    admit: async (tenant) => refuseFull(await read(tenant), limits),
    accepted: (tenant, steps) => {
      readings.get(tenant)?.then(
        (reading) => {
          reading.acceptedSince += steps;
        },
        () => undefined,
      );
    },
  };
}

function refuseFull(reading: Reading, limits: Limits): void {
  const tenantOpen = reading.tenantOpenSteps + reading.acceptedSince;
  const farmOpen = reading.farmOpenSteps + reading.acceptedSince;
  if (tenantOpen >= limits.tenantBacklog) {
    throw new AppError(
      'too_many_requests',
      `${tenantOpen} of your steps are waiting or running; this farm holds ${limits.tenantBacklog} per tenant. Send this job again later.`,
      {
        retryable: true,
        retryAfterSeconds: secondsToRoom(tenantOpen, limits.tenantBacklog, reading.finishedPerSecond),
      },
    );
  }
  if (farmOpen >= limits.farmBacklog) {
    throw new AppError('farm_overloaded', 'The farm has as much work waiting as it holds. Send this job again later.', {
      retryable: true,
      retryAfterSeconds: secondsToRoom(farmOpen, limits.farmBacklog, reading.finishedPerSecond),
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
