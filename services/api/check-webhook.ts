import type { FieldError } from '../../shared/errors.ts';
import { eventFamilies, eventTypes } from '../../shared/messages/event.ts';
import type { WebhookRequest } from '../../shared/messages/job.ts';
import { maxFaults } from './describe-issues.ts';
import { suggestName } from './nearest-name.ts';

const known: readonly string[] = [...eventTypes, ...eventFamilies];
const maxUrlLength = 2048;

/** Of a job's `webhook` and of an endpoint: may the address be called, and are the event names known. `at` is its pointer. */
export function checkWebhook(
  webhook: WebhookRequest,
  at: string,
  refuseUrl: (url: string) => string | undefined,
): readonly FieldError[] {
  const faults: FieldError[] = [];
  const reason = webhook.url.length > maxUrlLength ? `longer than ${maxUrlLength} characters` : refuseUrl(webhook.url);
  if (reason) faults.push({ pointer: `${at}/url`, detail: reason });
  for (const [index, event] of (webhook.events ?? []).entries()) {
    if (faults.length >= maxFaults) break;
    if (known.includes(event)) continue;
    faults.push({
      pointer: `${at}/events/${index}`,
      detail: `"${event}" is not an event; ${suggestName(event, known)}`,
    });
  }
  return faults;
}
