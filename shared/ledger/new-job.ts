import type { Priority, WebhookRequest } from '../messages/job.ts';

/** What the api hands to the ledger: everything checked, uploads resolved to keys, steps a DAG in the order they were sent. */
export interface NewJob {
  readonly tenant: string;
  readonly priority: Priority;
  /** ISO 8601; null: now. */
  readonly runAt: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly webhook: WebhookRequest | null;
  readonly inputs: Readonly<Record<string, ResolvedInput>>;
  readonly steps: readonly NewStep[];
  readonly traceparent: string;
  readonly requestId: string;
}

export interface ResolvedInput {
  readonly source: { readonly key: string } | { readonly url: string };
  readonly name: string;
  /** null: not known before a worker has fetched it. */
  readonly bytes: number | null;
  readonly mediaType: string | null;
  readonly sha256: string | null;
}

export interface NewStep {
  readonly name: string;
  readonly kind: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** References: an input, a step, or `step/output`. */
  readonly uses: readonly string[];
}
