import type { Log } from '../../shared/log.ts';
import type { TaskReport } from '../../shared/messages/report.ts';
import type { StoredOutput } from '../../shared/messages/stored-output.ts';
import { traceIdOf } from '../../shared/trace-context.ts';
import type { InputFile } from '../kind.ts';
import type { Outcome } from './outcome.ts';
import type { Run } from './report.ts';

export type Stage = 'fetch' | 'process' | 'store';

/** What one attempt did and how long each stage took; ends as one wide log line. */
export interface Attempt {
  time<T>(stage: Stage, work: () => Promise<T>): Promise<T>;
  read(inputs: readonly InputFile[]): void;
  wrote(outputs: readonly StoredOutput[]): void;
  failed(error: unknown): void;
  inputFacts(): NonNullable<TaskReport['inputs']>;
  log(log: Log, outcome: Outcome, maxTries: number): void;
}

export function createAttempt(run: Run): Attempt {
  const startedAt = Date.now();
  const queuedMs = startedAt - Date.parse(run.task.queuedAt);
  const stageMs: Partial<Record<`${Stage}Ms`, number>> = {};
  let stage: Stage | 'begin' = 'begin';
  let inputs: readonly InputFile[] = [];
  let bytesOut = 0;
  let error: unknown;
  return {
    time: async (name, work) => {
      stage = name;
      const from = performance.now();
      try {
        return await work();
      } finally {
        stageMs[`${name}Ms`] = Math.round(performance.now() - from);
      }
    },
    read: (files) => {
      inputs = files;
    },
    wrote: (outputs) => {
      bytesOut = sum(outputs);
    },
    failed: (thrown) => {
      error = thrown;
    },
    inputFacts: () =>
      Object.fromEntries(
        inputs.map(({ reference, name, bytes, mediaType }) => [reference, { name, bytes, mediaType }]),
      ),
    log: (log, outcome, maxTries) => {
      const fields = {
        ...identity(run),
        maxTries,
        outcome: outcome.kind,
        ...('error' in outcome ? { code: outcome.error.code, stage } : {}),
        queuedMs,
        ...stageMs,
        totalMs: Date.now() - startedAt,
        bytesIn: sum(inputs),
        bytesOut,
        ...(error === undefined ? {} : { err: error }),
      };
      log[outcome.kind === 'failed' ? 'warn' : 'info'](fields, 'task.attempted');
    },
  };
}

function identity(run: Run) {
  const { tenant, job, step, kind, dispatch, requestId, traceparent } = run.task;
  const { worker, run: runId, try: tryNumber } = run;
  return {
    tenant,
    job,
    step,
    kind,
    dispatch,
    try: tryNumber,
    run: runId,
    worker,
    requestId,
    traceId: traceIdOf(traceparent),
  };
}

const sum = (files: readonly { bytes: number }[]) => files.reduce((total, file) => total + file.bytes, 0);
