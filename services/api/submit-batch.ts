/**
 * Up to a thousand jobs in one transaction. The faulty ones get their problem, and so do those there is no room for; the
 * others are accepted.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { submitJobs } from '../../shared/ledger/submit-jobs.ts';
import type { Job } from '../../shared/messages/job.ts';
import type { Room } from './admit-jobs.ts';
import { checkJob, refusal } from './check-job.ts';
import { parseAt } from './describe-issues.ts';
import type { JobPlan, JobRules } from './job-plan.ts';
import { findObjects, findUploads, type KnownObjects, type KnownUploads, resolveInputs } from './resolve-inputs.ts';
import { handOn, newJob, type SettleJobs, type SubmitDeps, type Submitter } from './submit-job.ts';

export const maxBatchJobs = 1000;
const jobsPerTurn = 10;

/** `{"jobs": […]}`, or the bare array. Each element is checked as a job of its own. */
const batchRequest = z.strictObject({ jobs: z.array(z.unknown()) });

type Checked = { readonly plan: JobPlan } | { readonly fault: AppError };
export type BatchAnswer = { readonly job: Job } | { readonly fault: AppError };

export async function submitBatch(
  deps: SubmitDeps,
  submitter: Submitter,
  document: unknown,
  settle: (client: Parameters<SettleJobs>[0], answers: readonly BatchAnswer[]) => Promise<void>,
): Promise<readonly BatchAnswer[]> {
  const checked = await checkAll(readBatch(document), deps.rules);
  const plans = checked.flatMap((item) => ('plan' in item ? item.plan : []));
  const objects = await findObjects(deps.store, submitter.tenant, plans);
  const room = await deps.admission.enter(submitter.tenant);
  try {
    const answers = await deps.database.transaction(async (client) => {
      const uploads = await findUploads(client, submitter.tenant, plans);
      const ready = checked.map((item) => resolve(item, submitter, uploads, objects, room));
      const jobs = [...(await submitJobs(client, ready.flatMap(jobOf)))];
      const inOrder = ready.map((item) => ('fault' in item ? item : { job: jobs.shift() as Job }));
      await settle(client, inOrder);
      return inOrder;
    });
    handOn(deps, submitter, answers.flatMap(jobOf));
    return answers;
  } finally {
    room.leave();
  }
}

function jobOf<T>(item: { readonly job: T } | { readonly fault: AppError }): readonly T[] {
  return 'job' in item ? [item.job] : [];
}

function readBatch(document: unknown): readonly unknown[] {
  const { value, faults } = parseAt(batchRequest, Array.isArray(document) ? { jobs: document } : document);
  if (faults) throw refusal(faults);
  const count = value.jobs.length;
  if (count > 0 && count <= maxBatchJobs) return value.jobs;
  throw refusal([{ pointer: '/jobs', detail: `expected 1 to ${maxBatchJobs} jobs, got ${count}` }]);
}

/** Lets other requests be answered in between: a thousand large jobs take seconds to check. */
async function checkAll(documents: readonly unknown[], rules: JobRules): Promise<readonly Checked[]> {
  const checked: Checked[] = [];
  for (const document of documents) {
    checked.push(check(document, rules));
    if (checked.length % jobsPerTurn === 0) await nextTurn();
  }
  return checked;
}

function check(document: unknown, rules: JobRules): Checked {
  return attempt(() => ({ plan: checkJob(document, rules) }));
}

function resolve(item: Checked, submitter: Submitter, uploads: KnownUploads, objects: KnownObjects, room: Room) {
  if ('fault' in item) return item;
  return attempt(() => {
    const job = newJob(submitter, item.plan, resolveInputs(item.plan, uploads, objects));
    room.take(job.steps.length);
    return { job };
  });
}

function attempt<T>(work: () => T): T | { readonly fault: AppError } {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError) return { fault: error };
    throw error;
  }
}
