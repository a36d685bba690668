import { inStages, type Reporter } from '../media/stages.ts';
import { forecastCopy, forecastListening, forecastSearch, forecastSound, forecastVideo } from './forecast.ts';
import type { Plan } from './plan.ts';

/** The parts of a step, each with a task whose 0 … 1 is its own. */
export interface WorkStages<T extends Reporter> {
  readonly searching: T;
  readonly listening: T;
  readonly encoding: T;
  /** The quality is found and the sound is heard: what is left to do is known better. `sound`: its filters. */
  settle(plan: Plan, sound: readonly string[]): void;
}

/** Search for a quality, measure the sound, encode; what is not asked for costs nothing. */
export function stagesOfWork<T extends Reporter>(task: T, plan: Plan): WorkStages<T> {
  const stages = inStages(task, [forecastSearch(plan), forecastListening(plan), encodingOf(plan)]);
  return {
    searching: stages.at(0),
    listening: stages.at(1),
    encoding: stages.at(2),
    settle: (settled, sound) => {
      const limited = needsLimiter(sound);
      stages.expect(1, forecastListening(settled, limited));
      stages.expect(2, encodingOf(settled, limited));
    },
  };
}

/** The same for sound alone. */
export function stagesOfSound<T extends Reporter>(task: T, plan: Plan): WorkStages<T> {
  return stagesOfWork(task, { ...plan, video: undefined });
}

function encodingOf(plan: Plan, limited?: boolean): number {
  return forecastVideo(plan) + forecastSound(plan, limited) + forecastCopy(plan);
}

function needsLimiter(sound: readonly string[]): boolean {
  return sound.some((filters) => /loudnorm|alimiter/.test(filters));
}
