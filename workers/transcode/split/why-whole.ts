import type { Source } from '../../media/open-source.ts';
import type { Plan } from '../plan.ts';

/** Codecs with packets that decode to no picture, so pictures cannot be counted without decoding. */
const uncountable = new Set(['vp8']);

/** Why one worker has to make it all, in words for people; undefined when it can be cut. */
export function whyWhole(plan: Plan, source: Source): string | undefined {
  return reasons.find(([applies]) => applies(plan, source))?.[1];
}

const reasons: readonly (readonly [applies: (plan: Plan, source: Source) => boolean, reason: string])[] = [
  [({ video }) => video === undefined, 'there is no picture to encode'],
  [({ video }) => video?.copy === true, 'the picture is copied, not encoded'],
  [({ video }) => video?.encoding.passes === 2, 'two passes look at the whole video'],
  [({ speed, video }) => speed !== 1 && video?.encoding.fps !== undefined, 'speed and frame rate are changed together'],
  [(_, { video }) => uncountable.has(video?.codec ?? ''), 'its pictures can only be counted by decoding them'],
];
