import type { FarmEvent } from '../messages/event.ts';

/** Receivers commonly refuse bodies above 1 MB; a job with thousands of HLS segments would get there. */
const maxPayloadBytes = 262_144;

/**
 * The body of a webhook: the event envelope as everywhere else. Above 256 KiB the lists of outputs are left out, each step
 * saying `outputsOmitted: <how many>`; `GET /v1/jobs/{id}` has them.
 */
export function deliveryPayload(event: FarmEvent): string {
  const whole = JSON.stringify(event);
  if (Buffer.byteLength(whole) <= maxPayloadBytes) return whole;
  const steps = Object.fromEntries(
    Object.entries(event.data.job.steps).map(([name, step]) => [
      name,
      { ...step, outputs: [], outputsOmitted: step.outputs.length },
    ]),
  );
  return JSON.stringify({ ...event, data: { ...event.data, job: { ...event.data.job, steps } } });
}
