import type { InputReference, JobRequest } from '../../shared/messages/job.ts';
import type { Contract } from '../../workers/kind.ts';
import type { KindAvailability } from './kind-availability.ts';

/** What a job is held against. */
export interface JobRules {
  readonly contracts: Readonly<Record<string, Contract>>;
  readonly kinds: KindAvailability;
  /** Why an outbound URL may not be called, as far as its spelling tells; undefined when it may. */
  readonly refuseUrl: (url: string) => string | undefined;
}

export interface PlannedStep {
  readonly name: string;
  readonly kind: string;
  /** With the defaults of the kind filled in. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly uses: readonly string[];
}

export interface JobPlan {
  readonly request: JobRequest;
  readonly inputs: Readonly<Record<string, InputReference>>;
  readonly steps: readonly PlannedStep[];
}
