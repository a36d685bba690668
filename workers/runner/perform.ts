import type { SplitPlan } from '../../shared/messages/split.ts';
import type { TaskMessage } from '../../shared/messages/task.ts';
import type { Kind, Output, Task } from '../kind.ts';
import type { PartResult } from '../splitter.ts';

export type Performed = { readonly outputs: readonly Output[] } | { readonly plan: SplitPlan };

/** Calls of the kind what the phase of the task asks for. A step that may be split and is not runs whole right away. */
export async function perform(
  kind: Kind,
  message: TaskMessage,
  task: Task<never>,
  made: readonly PartResult[],
): Promise<Performed> {
  const splitter = message.phase === 'whole' ? undefined : await kind.loadSplitter?.();
  if (splitter !== undefined && message.phase === 'part' && message.part !== undefined) {
    const { plan, index, of } = message.part;
    return { outputs: await splitter.part({ ...task, part: { ...plan, index, of } }) };
  }
  if (splitter !== undefined && message.phase === 'join' && message.join !== undefined) {
    return { outputs: await splitter.join({ ...task, parts: made, facts: message.join.facts }) };
  }
  let reached = 0;
  const progress = (fraction: number) => {
    reached = fraction;
    task.progress(fraction);
  };
  const plan = await splitter?.split({ ...task, progress, slots: message.slots ?? { idle: 1, total: 1 } });
  if (plan) return { plan };
  const process = await kind.load();
  const rest: Task<never> = { ...task, progress: (fraction) => task.progress(reached + (1 - reached) * fraction) };
  return { outputs: await process(rest) };
}
