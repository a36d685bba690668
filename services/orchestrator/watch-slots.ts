import { applyHappening } from '../../shared/ledger/apply-happening.ts';
import { atOnceFor } from '../../shared/ledger/split-step.ts';
import { type PriorityClass, workQueue } from '../../shared/queue/topology.ts';
import type { Orchestrator } from './orchestrator.ts';

/** A step some of whose parts still wait to be let go. */
interface StepInParts {
  readonly jobId: string;
  readonly step: string;
  readonly kind: string;
  readonly priorityClass: PriorityClass;
  /** How many of its parts may be with the broker or at work. */
  readonly atOnce: number;
  /** Slots at work on its kind and class. */
  readonly busy: number;
}

export interface SlotWatch {
  /** How many steps may have more or fewer parts at work than before. */
  check(): Promise<number>;
}

/**
 * Follows the workers while steps are in parts: replicas that start after a step was split work on it too. The slots must
 * be there in two looks in a row, for one between two tasks is seen neither idle nor busy, or as both.
 */
export function createSlotWatch(orchestrator: Orchestrator): SlotWatch {
  const { database, bus, log, config } = orchestrator;
  let earlier: ReadonlyMap<string, number> = new Map();
  const scale = async ({ jobId, step }: StepInParts, slots: number) => {
    const applied = await applyHappening(database, { jobId }, { what: 'scaled', step, slots }, config.leases);
    if (applied?.verdict !== 'applied') return 0;
    log.info({ job: jobId, step, slots }, 'split.scaled');
    return 1;
  };
  return {
    check: async () => {
      if (!bus.health().ok) return 0;
      const steps = await readStepsInParts(orchestrator);
      const now = await countSlots(orchestrator, steps);
      let scaled = 0;
      for (const one of steps) {
        const slots = agree(one.atOnce, earlier.get(queueOf(one)), now.get(queueOf(one)));
        if (slots !== undefined) scaled += await scale(one, slots);
      }
      earlier = now;
      return scaled;
    },
  };
}

/** The slots both looks grant, if these are more than the step uses; those neither exceeds, if they are fewer. */
function agree(atOnce: number, earlier: number | undefined, now: number | undefined): number | undefined {
  if (earlier === undefined || now === undefined) return undefined;
  const [least, most] = [Math.min(earlier, now), Math.max(earlier, now)];
  if (atOnceFor(least) > atOnce) return least;
  return atOnceFor(most) < atOnce ? most : undefined;
}

const queueOf = ({ kind, priorityClass }: StepInParts) => workQueue(kind, priorityClass);

async function readStepsInParts({ database }: Orchestrator): Promise<readonly StepInParts[]> {
  const steps = await database.query<StepInParts>(
    `with at_work as (
       select kind, priority_class, count(*)::int as busy from steps
       where status = 'running' and dispatched_at is not null group by kind, priority_class
     )
     select step.job_id as "jobId", step.name as step, step.kind, step.priority_class as "priorityClass",
       (step.split ->> 'atOnce')::int as "atOnce", coalesce(at_work.busy, 0) as busy
     from steps as step left join at_work on at_work.kind = step.kind and at_work.priority_class = step.priority_class
     where step.phase = 'parts' and step.status = 'running' and (step.tally ->> 'waiting')::int > 0`,
  );
  return steps.rows;
}

/** By work queue: those at work and those that wait for something to do. */
async function countSlots({ bus }: Orchestrator, steps: readonly StepInParts[]): Promise<ReadonlyMap<string, number>> {
  const busy = new Map(steps.map((step) => [queueOf(step), step.busy]));
  const counted = [...busy].map(async ([queue, atWork]): Promise<[string, number]> => {
    const { consumers } = await bus.depth(queue);
    return [queue, atWork + consumers];
  });
  return new Map(await Promise.all(counted));
}
