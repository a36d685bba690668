import type { Job, JobOutput, JobStep } from '../messages/job.ts';
import type { StoredOutput } from '../messages/stored-output.ts';
import { type JobState, ownSteps, roundProgress, type StepState } from './job-state.ts';
import { progressOf } from './settle-job.ts';
import { countParts } from './split-step.ts';

/** The public Job (contract §2): no tenant, no object keys, no fences. */
export function viewJob(job: JobState): Job {
  const { id, status, priority, error, metadata } = job;
  return {
    id,
    status,
    progress: progressOf(ownSteps(job)),
    priority,
    runAt: iso(job.runAt),
    inputs: mapValues(job.inputs, ({ name, bytes, mediaType }) => ({ name, bytes, mediaType })),
    steps: Object.fromEntries(ownSteps(job).map((step) => [step.name, viewStep(job.id, step)])),
    error,
    metadata: { ...metadata },
    createdAt: job.createdAt.toISOString(),
    startedAt: iso(job.startedAt),
    finishedAt: iso(job.finishedAt),
  };
}

function viewStep(jobId: string, step: StepState): JobStep {
  const { kind, attempts, error } = step;
  const outputs = step.outputs.map((output) => viewOutput(jobId, step.name, output));
  const progress = roundProgress(step.progress);
  // A join that waits for its turn is the same run to those who look on.
  const status = step.phase === 'join' && step.status === 'queued' ? 'running' : step.status;
  const parts = countParts(step);
  return { kind, status, progress, attempts, outputs, error, ...(parts === undefined ? {} : { parts }) };
}

function viewOutput(jobId: string, step: string, { key: _, ...output }: StoredOutput): JobOutput {
  return { ...output, url: `/v1/jobs/${jobId}/outputs/${encodeURIComponent(step)}/${encodePath(output.name)}` };
}

/** Slashes stay slashes, so that relative links between outputs (playlists) work. */
function encodePath(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}

function iso(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, map: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
