import type { Job, JobOutput, JobStep } from '../messages/job.ts';
import type { StoredOutput } from '../messages/stored-output.ts';
import type { JobState, StepState } from './job-state.ts';
import { progressOf } from './settle-job.ts';

/** The public Job (contract §2): no tenant, no object keys, no fences. */
export function viewJob(job: JobState): Job {
  const { id, status, priority, error, metadata } = job;
  return {
    id,
    status,
    progress: progressOf(job.steps),
    priority,
    runAt: iso(job.runAt),
    inputs: mapValues(job.inputs, ({ name, bytes, mediaType }) => ({ name, bytes, mediaType })),
    steps: Object.fromEntries(job.steps.map((step) => [step.name, viewStep(id, step)])),
    error,
    metadata: { ...metadata },
    createdAt: job.createdAt.toISOString(),
    startedAt: iso(job.startedAt),
    finishedAt: iso(job.finishedAt),
  };
}

function viewStep(jobId: string, step: StepState): JobStep {
  const { kind, status, progress, attempts, error } = step;
  const outputs = step.outputs.map((output) => viewOutput(jobId, step.name, output));
  return { kind, status, progress: Math.round(progress * 10_000) / 10_000, attempts, outputs, error };
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
