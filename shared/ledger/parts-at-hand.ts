import type { TaskReport } from '../messages/report.ts';
import type { Happening } from './job-state.ts';
import { atOnceFor } from './split-step.ts';

/** The parts of split steps that must be loaded, beside the steps people know, before `advanceJob` is asked. */
export type PartsAtHand = 'all' | SomeParts;

export interface SomeParts {
  readonly named: readonly string[];
  /** Of this step the first so many that wait, to be let go. */
  readonly next: { readonly step: string; readonly count: number } | null;
}

/**
 * What a happening may move. Most reports of a part concern that part alone, and its step by a few numbers; so a report
 * costs the same however many parts there are. One that is made gives its place to one that waits. Whatever may stop
 * parts or make an end of them has all at hand: that is once in the life of a split.
 */
export function partsConcerned(happening: Happening): PartsAtHand {
  switch (happening.what) {
    case 'reported':
      return concernedBy(happening.report);
    case 'progressed':
      return { named: happening.reports.map(({ step }) => step).filter(isPart), next: null };
    case 'scaled':
      return { named: [], next: { step: happening.step, count: atOnceFor(happening.slots) } };
    default:
      return 'all';
  }
}

function concernedBy({ step, what }: TaskReport): PartsAtHand {
  if (!isPart(step)) return { named: [], next: null };
  if (what === 'failed' || what === 'cancelled') return 'all';
  return { named: [step], next: what === 'succeeded' ? { step: parentOf(step), count: 1 } : null };
}

/** Only names of parts hold a dot (job-state.ts). */
const isPart = (name: string) => name.includes('.');

const parentOf = (part: string) => part.slice(0, part.indexOf('.'));
