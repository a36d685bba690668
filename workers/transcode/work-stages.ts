import { inStages, type Reporter } from '../media/stages.ts';
import { forecastCopy, forecastSearch, forecastVideo } from './forecast.ts';
import { forecastScoring } from './forecast-scoring.ts';
import { forecastListening, forecastSound } from './forecast-sound.ts';
import type { Plan } from './plan.ts';
import { scoresWhole } from './score-results.ts';

/** A task whose 0 … 1 is measuring the loudness of a track. */
export interface Listening {
  /** How likely the peaks of this track have to be limited, 0 … 1, as far as it was heard. */
  expectLimiting?(position: number, likelihood: number): void;
}

/** The parts of a step, each with a task whose 0 … 1 is its own. */
export interface WorkStages<T extends Reporter> {
  readonly searching: T;
  readonly listening: T & Listening;
  readonly encoding: T;
  /** Comparing what was made with the source. */
  readonly scoring: T;
  /** The quality is found: what is left to do is known better. */
  settle(plan: Plan): void;
}

/** Search for a quality, measure the sound, encode, compare (`vmaf`: with that); what is not asked for costs nothing. */
export function stagesOfWork<T extends Reporter>(task: T, plan: Plan, vmaf = false): WorkStages<T> {
  const costs = [forecastSearch(plan), forecastListening(plan), encodingOf(plan), scoringOf(plan, vmaf)];
  const stages = inStages(task, costs);
  const limiting: (number | undefined)[] = [];
  let known = plan;
  const expect = () => {
    stages.expect(1, forecastListening(known, limiting));
    stages.expect(2, encodingOf(known, limiting));
    stages.expect(3, scoringOf(known, vmaf));
  };
  return {
    searching: stages.at(0),
    listening: {
      ...stages.at(1),
      expectLimiting: (position, likelihood) => {
        limiting[position] = likelihood;
        expect();
      },
    },
    encoding: stages.at(2),
    scoring: stages.at(3),
    settle: (settled) => {
      known = settled;
      expect();
    },
  };
}

function scoringOf(plan: Plan, vmaf: boolean): number {
  const { video } = plan;
  return video === undefined || !scoresWhole(plan) ? 0 : forecastScoring({ ...plan, video }, vmaf);
}

/** The same for sound alone. */
export function stagesOfSound<T extends Reporter>(task: T, plan: Plan): WorkStages<T> {
  return stagesOfWork(task, { ...plan, video: undefined });
}

function encodingOf(plan: Plan, limiting?: readonly (number | undefined)[]): number {
  return forecastVideo(plan) + forecastSound(plan, limiting) + forecastCopy(plan);
}
