/** How a kind lets many workers share one step: split → part, part, part … → join (ADR 7). */
import { AppError } from '../shared/errors.ts';
import type { PartPlan, SplitPlan } from '../shared/messages/split.ts';
import type { StoredOutput } from '../shared/messages/stored-output.ts';
import type { InputFile, Output, Task } from './task.ts';

/** Slots of workers of this kind, as the relay saw them a moment ago. */
export interface Slots {
  /** Would begin a part at once; the one that runs the split counts. */
  readonly idle: number;
  readonly total: number;
}

export interface SplitTask<P> extends Task<P> {
  readonly slots: Slots;
}

export interface PartTask<P> extends Task<P> {
  readonly part: PartPlan & { readonly index: number; readonly of: number };
}

/** What became of one part, its outputs as local files in the order they were made. */
export interface PartResult {
  readonly plan: PartPlan;
  readonly files: readonly (InputFile & { readonly output: StoredOutput })[];
}

/** `inputs` is empty: whatever a join needs of the source, a part has to bring. */
export interface JoinTask<P> extends Task<P> {
  /** In the order of the split's plan. */
  readonly parts: readonly PartResult[];
  /** `SplitPlan.facts`. */
  readonly facts: SplitPlan['facts'];
}

export interface Splitter<P> {
  /**
   * null: not worth it, or not possible exactly; the same worker then runs the step whole. Must not store anything. Its
   * progress is that of the whole step, parts and join included.
   */
  split(task: SplitTask<P>): Promise<SplitPlan | null>;
  /** Its outputs are for `join` only; nobody else sees them. May run twice, and on any worker. */
  part(task: PartTask<P>): Promise<readonly Output[]>;
  /** Makes the step's outputs of the parts', without doing their work again. */
  join(task: JoinTask<P>): Promise<readonly Output[]>;
}

/** Thrown by `part` or `join` when the pieces do not fit: the step is run whole instead, by one worker. */
export class SplitMismatch extends AppError {
  override readonly name = 'SplitMismatch';
  constructor(publicMessage: string, cause?: unknown) {
    super('split_mismatch', publicMessage, { retryable: false, cause });
  }
}
