import { z } from 'zod';

/** What a worker that split a step says (report `split`), and what the ledger hands to its parts and to the join (ADR 7). */

/** First and last byte, both inclusive. */
export const byteRange = z.object({ first: z.int().min(0), last: z.int().min(0) });

export const partPlan = z.looseObject({
  /** Unique in the step. */
  name: z.string().regex(/^[a-z0-9-]{1,40}$/),
  /** What this part is to do; JSON, as small as can be, for it travels in messages. */
  params: z.record(z.string(), z.unknown()),
  /** Its share of the work, in any unit that all parts have in common; above 0. */
  weight: z.number().positive(),
  /**
   * For each input the bytes this part reads; null or absent: all. The rest of the file is a hole that reads as zeros, so
   * a worker fetches no more of a long file than its part needs.
   */
  reads: z.array(z.array(byteRange).nullable()).optional(),
});
export type PartPlan = z.infer<typeof partPlan>;

export const splitPlan = z.looseObject({
  /** At least two. Those that take longest or that much depends on come first. */
  parts: z.array(partPlan).min(2).max(2000),
  /** In the unit of the parts' weights. */
  joinWeight: z.number().positive(),
  /** What the split itself has taken, in the same unit. */
  splitWeight: z.number().min(0).optional(),
  /** What `join` has to know; small. */
  facts: z.record(z.string(), z.unknown()),
});
export type SplitPlan = z.infer<typeof splitPlan>;

/**
 * start  a step as it was sent: may be split, else runs whole · part  one piece of a split step
 * join   all pieces are made · whole  the pieces did not fit: must not be split again
 */
export const taskPhases = ['start', 'part', 'join', 'whole'] as const;
export type TaskPhase = (typeof taskPhases)[number];
