import type pg from 'pg';
import type { StoredOutput } from '../messages/stored-output.ts';
import { type TaskMessage, tryHeader } from '../messages/task.ts';
import type { OutgoingMessage } from '../queue/bus.ts';
import { exchanges, jobRoutingKey } from '../queue/topology.ts';
import type { ClaimedStep } from './claim-steps.ts';
import { describePhase, readSplits } from './describe-split.ts';
import { resolveInputs, stepsUsed } from './references.ts';

export interface ClaimedTask {
  readonly step: ClaimedStep;
  readonly task: TaskMessage;
}

/** The messages for claimed steps, their inputs resolved to objects and URLs. */
export async function describeTasks(
  client: pg.PoolClient,
  steps: readonly ClaimedStep[],
): Promise<readonly ClaimedTask[]> {
  const outputs = await readOutputsUsed(client, steps);
  const splits = await readSplits(client, steps);
  return steps.map((step) => {
    const outputsOf = (name: string) => outputs.get(`${step.jobId} ${name}`) ?? [];
    return { step, task: { ...describeTask(step, outputsOf), ...describePhase(step, splits) } };
  });
}

function describeTask(step: ClaimedStep, outputsOf: (name: string) => readonly StoredOutput[]): TaskMessage {
  const { tenant, kind, params, dispatch, priorityClass } = step;
  const { traceparent, requestId } = step.job;
  const inputs = [...resolveInputs(step.uses, { inputs: step.job.inputs, outputsOf })];
  return {
    ...{ schema: 1, tenant, job: step.jobId, step: step.name, kind, params, inputs, dispatch, priorityClass },
    ...{ traceparent, requestId, queuedAt: step.queuedAt.toISOString() },
    ...(step.slots === undefined ? {} : { slots: step.slots }),
  };
}

/** Published again after a crash it is the same message: same id, same dispatch, one effect. */
export function messageOfTask(task: TaskMessage): OutgoingMessage {
  return {
    exchange: exchanges.jobs,
    routingKey: jobRoutingKey(task.kind, task.priorityClass),
    body: task,
    headers: { [tryHeader]: 0, traceparent: task.traceparent },
    messageId: `${task.job}.${task.step}.${task.dispatch}`,
    mandatory: true,
  };
}

async function readOutputsUsed(
  client: pg.PoolClient,
  steps: readonly ClaimedStep[],
): Promise<ReadonlyMap<string, readonly StoredOutput[]>> {
  const used = steps.flatMap(({ jobId, uses, job }) => stepsUsed(uses, job.inputs).map((name) => ({ jobId, name })));
  if (used.length === 0) return new Map();
  const outputs = await client.query<{ jobId: string; name: string; outputs: StoredOutput[] }>(
    `select job_id as "jobId", name, outputs from steps
     where (job_id, name) in (select * from unnest($1::text[], $2::text[]))`,
    [used.map(({ jobId }) => jobId), used.map(({ name }) => name)],
  );
  return new Map(outputs.rows.map((row) => [`${row.jobId} ${row.name}`, row.outputs]));
}
