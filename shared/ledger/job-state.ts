import type { EventType } from '../messages/event.ts';
import type { JobStatus, Priority, PublicError, StepStatus, WebhookRequest } from '../messages/job.ts';
import { terminalStepStatuses } from '../messages/job.ts';
import type { TaskReport } from '../messages/report.ts';
import type { PartPlan, SplitPlan } from '../messages/split.ts';
import type { StoredOutput } from '../messages/stored-output.ts';
import type { TaskInput } from '../messages/task.ts';
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
  /** In the order they were sent; then the parts at hand of those that were split (parts-at-hand.ts). */
  readonly steps: readonly StepState[];
}

/**
 * start  as sent: a worker may split it · parts  waits for its parts · join  its parts are made · whole  may not be split
 * part   is itself the part of a step (ADR 7)
 */
export type StepPhase = 'start' | 'parts' | 'join' | 'whole' | 'part';

/** Of a step in the phases `parts` and `join`. */
export interface SplitState extends Pick<SplitPlan, 'facts'> {
  /** The dispatch that split it. Part names hold it, so that no part is taken for one of an earlier split. */
  readonly generation: number;
  readonly inputs: readonly TaskInput[];
  /** 0 … 1: the progress of the step when its parts are begun; absent in rows of older releases: 0. */
  readonly partsFrom?: number;
  /** 0 … 1: the progress of the step when all its parts are made. */
  readonly joinFrom: number;
  /** How many parts are with the broker or at work at a time; steps of others pass between them. */
  readonly atOnce: number;
}

/** All parts of a split step in a few numbers, kept up with every change of one of them (part-tally.ts). */
export interface PartTally {
  readonly total: number;
  readonly waiting: number;
  readonly queued: number;
  readonly running: number;
  readonly succeeded: number;
  /** Runs that began. */
  readonly attempts: number;
  /** Of all parts together, in the unit of the plan. */
  readonly weight: number;
  /** The weight that is done: each part's by its progress. */
  readonly done: number;
}

export interface PartState {
  readonly index: number;
  readonly of: number;
  readonly plan: PartPlan;
}

export interface StepState {
  /** Of a part `<step>.<generation>.<part>`, which no sender can write. */
  readonly name: string;
  /** The step whose part this is; null: a step as people know it. */
  readonly parent: string | null;
  readonly phase: StepPhase;
  readonly split: SplitState | null;
  readonly tally: PartTally | null;
  readonly part: PartState | null;
  /** Whether its params lack the passwords they were sent with (ADR 30); null: nobody has looked yet. */
  readonly secrets: 'none' | 'forgotten' | null;
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
  /** Reports `progress`, at most one of each step or part. */
  | { readonly what: 'progressed'; readonly reports: readonly TaskReport[] }
  /** The workers of a split step have more or fewer slots than before. */
  | { readonly what: 'scaled'; readonly step: string; readonly slots: number }
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
  readonly rendition?: string;
}

export function isOpen(step: Pick<StepState, 'status'>): boolean {
  return !terminalStepStatuses.includes(step.status);
}

/** The steps people know: without the parts of those that were split. */
export function ownSteps({ steps }: Pick<JobState, 'steps'>): readonly StepState[] {
  return steps.filter((step) => step.parent === null);
}

export function findStep(job: JobState, name: string): StepState | undefined {
  return job.steps.find((step) => step.name === name);
}

export function replaceStep(job: JobState, step: StepState): JobState {
  return { ...job, steps: job.steps.map((other) => (other.name === step.name ? step : other)) };
}

/** A progress of 0 … 1 as people see it. The ledger gives back just this number, so hearing it again moves nothing. */
export function roundProgress(fraction: number): number {
  return Math.round(fraction * 10_000) / 10_000;
}

export function addMs(moment: Date, ms: number): Date {
  return new Date(moment.getTime() + ms);
}
