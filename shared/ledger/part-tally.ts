import type { JobState, PartTally, StepState } from './job-state.ts';

export const emptyTally: PartTally = {
  ...{ total: 0, waiting: 0, queued: 0, running: 0, succeeded: 0, attempts: 0 },
  ...{ weight: 0, done: 0 },
};

/** Brings the tallies of split steps up to date with what became of the parts at hand. A part not known before is new. */
export function tallyParts(before: JobState, next: JobState): JobState {
  if (before === next) return next;
  const known = new Map(before.steps.map((step) => [step.name, step]));
  const moved = next.steps.filter((step) => step.parent !== null && step !== known.get(step.name));
  if (moved.length === 0) return next;
  const steps = next.steps.map((step) => {
    if (step.tally === null) return step;
    const own = moved.filter((part) => part.parent === step.name);
    return own.length === 0 ? step : { ...step, tally: recount(step.tally, own, known) };
  });
  return { ...next, steps };
}

function recount(tally: PartTally, parts: readonly StepState[], known: ReadonlyMap<string, StepState>): PartTally {
  return parts.reduce((sum, part) => {
    const was = known.get(part.name);
    const without = was === undefined ? sum : add(sum, shareOf(was), -1);
    return add(without, shareOf(part), 1);
  }, tally);
}

function shareOf({ status, attempts, progress, part }: StepState): PartTally {
  const is = (one: StepState['status']) => (status === one ? 1 : 0);
  const weight = part?.plan.weight ?? 0;
  return {
    ...{ total: 1, waiting: is('waiting'), queued: is('queued'), running: is('running'), succeeded: is('succeeded') },
    ...{ attempts, weight, done: weight * progress },
  };
}

function add(sum: PartTally, share: PartTally, sign: 1 | -1): PartTally {
  const names = Object.keys(emptyTally) as (keyof PartTally)[];
  return Object.fromEntries(names.map((name) => [name, sum[name] + sign * share[name]])) as unknown as PartTally;
}
