import type pg from 'pg';
import type { StoredOutput } from '../messages/stored-output.ts';
import type { PartOutcome, TaskMessage } from '../messages/task.ts';
import type { ClaimedStep } from './claim-steps.ts';
import type { PartState, SplitState } from './job-state.ts';

/** What the messages of a split step's parts and of its join need beside the step's own row. */
export interface Splits {
  splitOf(part: ClaimedStep): SplitState | undefined;
  partsOf(step: ClaimedStep): readonly PartOutcome[];
}

interface PartRow {
  readonly jobId: string;
  readonly parent: string;
  readonly name: string;
  readonly part: PartState;
  readonly outputs: StoredOutput[];
}

export async function readSplits(client: pg.PoolClient, steps: readonly ClaimedStep[]): Promise<Splits> {
  const parts = steps.filter((step) => step.phase === 'part');
  const joins = steps.filter((step) => step.phase === 'join');
  const splits = await readSplitsOfParts(client, parts);
  const made = await readPartsOfJoins(client, joins);
  return {
    splitOf: (part) => splits.get(`${part.jobId} ${part.parent}`),
    partsOf: (step) => {
      const prefix = `${step.name}.${step.split?.generation}.`;
      const own = made.filter(
        (part) => part.jobId === step.jobId && part.parent === step.name && part.name.startsWith(prefix),
      );
      return own.sort((a, b) => a.part.index - b.part.index).map(({ part: { plan }, outputs }) => ({ plan, outputs }));
    },
  };
}

/** The fields of a task message that tell which phase of its step it is. */
export function describePhase(step: ClaimedStep, splits: Splits): Partial<TaskMessage> {
  if (step.phase === 'whole') return { phase: 'whole' };
  if (step.phase === 'part' && step.part !== null && step.parent !== null) {
    const { index, of, plan } = step.part;
    const inputs = splits.splitOf(step)?.inputs ?? [];
    return { phase: 'part', inputs: [...inputs], part: { step: step.parent, index, of, plan } };
  }
  if (step.phase === 'join' && step.split !== null) {
    const { inputs, facts } = step.split;
    return { phase: 'join', inputs: [...inputs], join: { parts: [...splits.partsOf(step)], facts } };
  }
  return {};
}

async function readSplitsOfParts(client: pg.PoolClient, parts: readonly ClaimedStep[]) {
  if (parts.length === 0) return new Map<string, SplitState>();
  const rows = await client.query<{ jobId: string; name: string; split: SplitState }>(
    `select job_id as "jobId", name, split from steps
     where (job_id, name) in (select * from unnest($1::text[], $2::text[])) and split is not null`,
    [parts.map((part) => part.jobId), parts.map((part) => part.parent)],
  );
  return new Map(rows.rows.map(({ jobId, name, split }) => [`${jobId} ${name}`, split]));
}

async function readPartsOfJoins(client: pg.PoolClient, joins: readonly ClaimedStep[]): Promise<readonly PartRow[]> {
  if (joins.length === 0) return [];
  const rows = await client.query<PartRow>(
    `select job_id as "jobId", parent, name, part, outputs from steps
     where (job_id, parent) in (select * from unnest($1::text[], $2::text[]))`,
    [joins.map((step) => step.jobId), joins.map((step) => step.name)],
  );
  return rows.rows;
}
