import { describe, expect, it } from 'vitest';
import { eventTypes, farmEvent } from '../../shared/messages/event.ts';
import { sampleEvent, sampleJobId } from './sample-event.ts';

const at = new Date('2026-11-21T12:00:00Z');

describe('sampleEvent', () => {
  it.each(eventTypes)('%s fits the schema of events and says that it is a test', (type) => {
    const event = sampleEvent(type, at);
    expect(farmEvent.parse(event)).toEqual(event);
    expect(event).toMatchObject({ type, data: { test: true, job: { id: sampleJobId } } });
  });

  it('shows the job as it is when such an event is sent', () => {
    const statuses = eventTypes.map((type) => {
      const { job } = sampleEvent(type, at).data;
      return [type, job.status, job.steps.thumb?.status, job.finishedAt !== null];
    });
    expect(statuses).toEqual([
      ['job.accepted', 'queued', 'queued', false],
      ['job.started', 'running', 'running', false],
      ['step.started', 'running', 'running', false],
      ['step.progress', 'running', 'running', false],
      ['step.succeeded', 'running', 'succeeded', false],
      ['step.failed', 'running', 'failed', false],
      ['rendition.ready', 'running', 'running', false],
      ['job.succeeded', 'succeeded', 'succeeded', true],
      ['job.failed', 'failed', 'failed', true],
      ['job.cancelled', 'cancelled', 'cancelled', true],
    ]);
  });

  it('names the step only with what happens to a step, the error only with what failed', () => {
    for (const type of eventTypes) {
      const { data } = sampleEvent(type, at);
      expect([type, data.step]).toEqual([type, type.startsWith('job.') ? undefined : 'thumb']);
      expect([type, data.job.error?.code]).toEqual([type, type === 'job.failed' ? 'input_invalid' : undefined]);
    }
  });
});
