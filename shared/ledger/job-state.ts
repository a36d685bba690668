import type { EventType } from '../messages/event.ts';
import type { JobStatus, Priority, PublicError, StepStatus, WebhookRequest } from '../messages/job.ts';
import { terminalStepStatuses } from '../messages/job.ts';
import type { TaskReport } from '../messages/report.ts';
import type { StoredOutput } from '../messages/stored-output.ts';
import type { ResolvedInput } from './new-job.ts';

/** A job and its steps as the ledger knows them: what `advanceJob` reads and returns. Times are of the database's clock. */
export interface JobState {
  readonly id: string;
  readonly tenant: string;
  readonly status: JobStatus;
  readonly priority: Priority;
  readonly runAt: Date | null;
  readonly inputs: Readonly<Record<string, ResolvedInput>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly webhook: WebhookRequest | null;
  readonly error: PublicError | null;
  /** Of the newest event. */
  readonly sequence: number;
  readonly traceparent: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** In the order they were sent. */
  readonly steps: readonly StepState[];
}

export interface StepState {
  readonly name: string;
  readonly kind: string;
  readonly uses: readonly string[];
  readonly status: StepStatus;
  readonly progress: number;
  /** Runs that began, over all dispatches and tries. */
  readonly attempts: number;
  readonly outputs: readonly StoredOutput[];
  readonly manifestKey: string | null;
  readonly error: PublicError | null;
  readonly dispatch: number;
  readonly try: number;
  readonly run: string | null;
  readonly lost: number;
  readonly queuedAt: Date | null;
  readonly dispatchedAt: Date | null;
  readonly leaseUntil: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** What can happen to a job. */
export type Happening =
  | { readonly what: 'submitted' }
  | { readonly what: 'reported'; readonly report: TaskReport }
  | { readonly what: 'cancelled' }
  | { readonly what: 'retried' }
  /** A lease ran out. */
  | { readonly what: 'silent'; readonly step: string; readonly dispatch: number }
  /** The broker lost its disk. */
  | { readonly what: 'forgotten' }
  /** The broker gave the task up. */
  | { readonly what: 'dead'; readonly step: string; readonly dispatch: number };

export interface Announcement {
  readonly type: EventType;
  readonly step?: string;
}

export function isOpen(step: Pick<StepState, 'status'>): boolean {
  return !terminalStepStatuses.includes(step.status);
}

export function findStep(job: JobState, name: string): StepState | undefined {
  return job.steps.find((step) => step.name === name);
}

export function replaceStep(job: JobState, step: StepState): JobState {
  return { ...job, steps: job.steps.map((other) => (other.name === step.name ? step : other)) };
}

export function addMs(moment: Date, ms: number): Date {
  return new Date(moment.getTime() + ms);
}
