import { AppError } from '../../shared/errors.ts';
import type { Database } from '../../shared/ledger/database.ts';
import { readEvents } from '../../shared/ledger/read-events.ts';
import { type FarmEvent, terminalEventTypes } from '../../shared/messages/event.ts';
import type { JobWatch } from './watch-jobs.ts';

interface StreamDeps {
  readonly database: Database;
  readonly watch: JobWatch;
  /** Aborts when the api shuts down. */
  readonly closing: AbortSignal;
  readonly heartbeatMs: number;
}

interface StreamRequest {
  readonly tenant: string;
  readonly jobId: string;
  readonly afterSequence: number;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

const reconnectMs = 3000;
const reconnectAfterShutdownMs = 1000;
const terminal: readonly string[] = terminalEventTypes;

/**
 * The events of a job as Server-Sent Events (WHATWG HTML §9.2): what the ledger has, then what it gets, until the newest event
 * is a terminal one. A job that is retried goes on after its `job.failed`, so an older terminal event ends nothing.
 * Being a generator it is pulled at the pace of the client.
 */
export async function* streamEvents(deps: StreamDeps, request: StreamRequest): AsyncGenerator<string> {
  const { signal } = request;
  const stop = AbortSignal.any([signal, deps.closing]);
  const subscription = deps.watch.subscribe(request.jobId);
  let after = request.afterSequence;
  try {
    yield `retry: ${reconnectMs}\n\n`;
    while (!stop.aborted) {
      const events = await eventsAfter(deps.database, request, after);
      for (const event of events) yield frame(event);
      const newest = events.at(-1);
      after = newest?.sequence ?? after;
      if (newest && terminal.includes(newest.type)) return;
      const woken = await subscription.next(deps.heartbeatMs, stop);
      if (!woken && !stop.aborted) yield ': heartbeat\n\n';
    }
    if (!signal.aborted) yield `retry: ${reconnectAfterShutdownMs}\n\n`;
  } finally {
    subscription.close();
  }
}

/** While the ledger is away the stream stays open and silent but for its heartbeat. */
async function eventsAfter(database: Database, request: StreamRequest, after: number): Promise<readonly FarmEvent[]> {
  try {
    return await readEvents(database, request.tenant, request.jobId, after);
  } catch (error) {
    if (error instanceof AppError && error.retryable) return [];
    throw error;
  }
}

function frame(event: FarmEvent): string {
  return `id: ${event.sequence}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
