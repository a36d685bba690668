import type { Plan } from '../plan.ts';

/** Why one worker has to make it all, in words for people; undefined when it can be cut. */
export function whyWhole(plan: Plan): string | undefined {
  return reasons.find(([applies]) => applies(plan))?.[1];
}

const reasons: readonly (readonly [applies: (plan: Plan) => boolean, reason: string])[] = [
  [({ video }) => video === undefined, 'there is no picture to encode'],
  [({ video }) => video?.copy === true, 'the picture is copied, not encoded'],
  [({ video }) => video?.encoding.passes === 2, 'two passes look at the whole video'],
];
