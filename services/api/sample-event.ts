import type { EventType, FarmEvent } from '../../shared/messages/event.ts';
import { newId } from '../../shared/messages/ids.ts';
import type { Job, JobOutput, JobStep } from '../../shared/messages/job.ts';

/** No job has this id, so who looks for it gets 404. */
export const sampleJobId = `job_${'0'.repeat(26)}`;
const step = 'thumb';
const rendition = '320';
const failure = { code: 'input_invalid', message: 'This is a test: no file was at fault.', step };

const ended = { 'job.succeeded': 'succeeded', 'job.failed': 'failed', 'job.cancelled': 'cancelled' } as const;

/** An event as it would look, of a job that does not exist; `data.test` says so. */
export function sampleEvent(type: EventType, at: Date): FarmEvent {
  return {
    id: newId('evt'),
    type,
    timestamp: at.toISOString(),
    sequence: 1,
    data: {
      test: true,
      job: sampleJob(type, at.toISOString()),
      ...(type.startsWith('job.') ? {} : { step }),
      ...(type === 'rendition.ready' ? { rendition } : {}),
    },
  };
}

function sampleJob(type: EventType, at: string): Job {
  const status = statusOf(type);
  return {
    id: sampleJobId,
    status,
    progress: status === 'succeeded' ? 1 : 0,
    priority: 'normal',
    runAt: null,
    inputs: { input: { name: 'test.jpg', bytes: 1, mediaType: 'image/jpeg' } },
    steps: { [step]: sampleStep(type) },
    error: status === 'failed' ? failure : null,
    metadata: {},
    createdAt: at,
    startedAt: type === 'job.accepted' ? null : at,
    finishedAt: type in ended ? at : null,
  };
}

function statusOf(type: EventType): Job['status'] {
  if (type === 'job.accepted') return 'queued';
  return type in ended ? ended[type as keyof typeof ended] : 'running';
}

function sampleStep(type: EventType): JobStep {
  const failed = type === 'job.failed' || type === 'step.failed';
  const done = type === 'job.succeeded' || type === 'step.succeeded';
  return {
    kind: 'resize',
    status: failed ? 'failed' : done ? 'succeeded' : stepStatusOf(type),
    progress: done ? 1 : 0,
    attempts: type === 'job.accepted' ? 0 : 1,
    outputs: done || type === 'rendition.ready' ? [sampleOutput] : [],
    error: failed ? failure : null,
  };
}

function stepStatusOf(type: EventType): JobStep['status'] {
  if (type === 'job.cancelled') return 'cancelled';
  return type === 'job.accepted' ? 'queued' : 'running';
}

const sampleOutput: JobOutput = {
  name: `${rendition}.webp`,
  mediaType: 'image/webp',
  bytes: 1,
  sha256: '0'.repeat(64),
  width: 320,
  height: 240,
  url: `/v1/jobs/${sampleJobId}/outputs/${step}/${rendition}.webp`,
};
