/** THE STORY of a job's first second: check → find its inputs → write it down → hand it on. */
import type { Database, Queryable } from '../../shared/ledger/database.ts';
import type { NewJob, ResolvedInput } from '../../shared/ledger/new-job.ts';
import { submitJobs } from '../../shared/ledger/submit-jobs.ts';
import { createUpload } from '../../shared/ledger/uploads.ts';
import type { Job } from '../../shared/messages/job.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { NewUpload } from './accept-upload.ts';
import type { Admission } from './admit-jobs.ts';
import { checkJob } from './check-job.ts';
import type { JobPlan, JobRules } from './job-plan.ts';
import type { SoonRelay } from './relay-soon.ts';
import { findObjects, findUploads, resolveInputs, uploadInput } from './resolve-inputs.ts';

export interface SubmitDeps {
  readonly database: Database;
  readonly store: ObjectStore;
  readonly rules: JobRules;
  readonly admission: Admission;
  readonly relay: SoonRelay;
}

/** Who submits, and what ties the job to the request in logs and traces. */
export interface Submitter {
  readonly tenant: string;
  readonly traceparent: string;
  readonly requestId: string;
}

/** Runs in the transaction that writes the jobs; keeps the answer for repeated requests. */
export type SettleJobs = (client: Queryable, jobs: readonly Job[]) => Promise<void>;

/** Files that came in the same request, by the name of the input they are. Already in the store, not yet in the ledger. */
export type AttachedFiles = ReadonlyMap<string, NewUpload>;

export async function submitJob(
  deps: SubmitDeps,
  submitter: Submitter,
  document: unknown,
  attached: AttachedFiles,
  settle: SettleJobs,
): Promise<Job> {
  const plan = checkJob(document, deps.rules, [...attached.keys()]);
  const objects = await findObjects(deps.store, submitter.tenant, [plan]);
  const room = await deps.admission.enter(submitter.tenant);
  try {
    room.take(plan.steps.length);
    const job = await deps.database.transaction(async (client) => {
      const uploads = await findUploads(client, submitter.tenant, [plan]);
      const inputs = { ...resolveInputs(plan, uploads, objects), ...inputsOf(attached) };
      for (const upload of attached.values()) await createUpload(client, upload);
      const [written] = await submitJobs(client, [newJob(submitter, plan, inputs)]);
      await settle(client, [written as Job]);
      return written as Job;
    });
    handOn(deps, submitter, [job]);
    return job;
  } finally {
    room.leave();
  }
}

export function newJob(submitter: Submitter, plan: JobPlan, inputs: Readonly<Record<string, ResolvedInput>>): NewJob {
  const { priority, runAt, metadata, webhook } = plan.request;
  return {
    ...submitter,
    priority,
    runAt: runAt ? new Date(runAt).toISOString() : null,
    metadata,
    webhook: webhook ?? null,
    inputs,
    steps: plan.steps,
  };
}

export function handOn(
  deps: Pick<SubmitDeps, 'admission' | 'relay'>,
  submitter: Submitter,
  jobs: readonly Job[],
): void {
  const steps = jobs.reduce((sum, job) => sum + Object.keys(job.steps).length, 0);
  deps.admission.accepted(submitter.tenant, steps);
  deps.relay.relay(jobs.map((job) => job.id));
}

function inputsOf(attached: AttachedFiles): Record<string, ResolvedInput> {
  return Object.fromEntries([...attached].map(([name, upload]) => [name, uploadInput(upload)]));
}
