import type { FieldError } from '../../shared/errors.ts';
import { eventFamilies, eventTypes } from '../../shared/messages/event.ts';
import { maxFaults } from './describe-issues.ts';
import { suggestName } from './nearest-name.ts';

const known: readonly string[] = [...eventTypes, ...eventFamilies];
const maxUrlLength = 2048;

/** Of a job's `webhook`, of an endpoint and of a change of one: may the address be called, and are the event names known. `at` is its pointer. */
export function checkWebhook(
  webhook: { readonly url?: string | undefined; readonly events?: readonly string[] | undefined },
  at: string,
  refuseUrl: (url: string) => string | undefined,
): readonly FieldError[] {
  const faults: FieldError[] = [];
  const reason = webhook.url === undefined ? undefined : checkUrl(webhook.url, refuseUrl);
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

function checkUrl(url: string, refuseUrl: (url: string) => string | undefined): string | undefined {
  return url.length > maxUrlLength ? `longer than ${maxUrlLength} characters` : refuseUrl(url);
}
