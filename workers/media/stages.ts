/** Takes how much of a piece of work is done, 0 … 1, and the CPU it took until then in seconds, where that is known. */
export interface Reporter {
  progress(fraction: number, cpuSeconds?: number): void;
}

export interface Stages<T extends Reporter> {
  /** The same task, whose 0 … 1 is one stage. Stages follow one another. */
  at(stage: number): T;
  /** What a stage to come will cost, when that is known better than at the beginning. */
  expect(stage: number, cost: number): void;
}

/**
 * Work in stages of forecast cost: only how the costs compare counts. What the stages that are over really took, and the one
 * under way, corrects the others, so an error of the forecast does not outlast the stage in which it shows. Never goes back.
 */
export function inStages<T extends Reporter>(task: T, forecasts: readonly number[]): Stages<T> {
  const stages = forecasts.map((forecast) => ({ forecast, done: 0, spent: undefined as number | undefined }));
  let highest = 0;

  function report(index: number, fraction: number, cpuSeconds?: number): void {
    const stage = stages[index];
    if (stage === undefined) throw new RangeError(`no stage ${index}`);
    stage.done = Math.max(stage.done, Math.min(1, fraction));
    stage.spent = cpuSeconds ?? stage.spent;
    highest = Math.max(highest, shareOf(stages, index));
    const spent = sum(stages.map((one) => one.spent ?? 0));
    task.progress(highest, spent > 0 ? spent : undefined);
  }

  return {
    at: (index) => ({ ...task, progress: (fraction: number, cpu?: number) => report(index, fraction, cpu) }),
    expect: (index, cost) => {
      const stage = stages[index];
      if (stage !== undefined) stage.forecast = cost;
    },
  };
}

/** Equal pieces of work, done at the same time or in any order. */
export function sideBySide<T extends Reporter>(task: T, pieces: number): readonly T[] {
  const told = Array.from({ length: pieces }, () => ({ done: 0, spent: 0 }));
  return told.map((piece) => ({
    ...task,
    progress: (fraction: number, cpuSeconds?: number) => {
      piece.done = Math.max(piece.done, fraction);
      piece.spent = cpuSeconds ?? piece.spent;
      const spent = sum(told.map((one) => one.spent));
      task.progress(sum(told.map(({ done }) => done)) / pieces, spent > 0 ? spent : undefined);
    },
  }));
}

interface Stage {
  readonly forecast: number;
  readonly done: number;
  readonly spent: number | undefined;
}

/** Below this share of a stage its cost cannot be told from what starting a program costs. */
const tellingShare = 0.05;
/** From here on what it takes is believed alone. */
const sureShare = 0.33;

function shareOf(stages: readonly Stage[], now: number): number {
  const current = stages[now];
  if (current === undefined) return 0;
  const past = stages.slice(0, now).filter(({ spent }) => spent !== undefined);
  const before = scaleOf(past.map(({ forecast, spent = 0 }) => ({ forecast, cost: spent })));
  const cost = costOf(current, before);
  const scale = scaleOf([
    ...past.map(({ forecast, spent = 0 }) => ({ forecast, cost: spent })),
    { forecast: current.forecast, cost },
  ]);
  const expected = ({ forecast }: Stage) => forecast * (scale ?? 1);
  const gone = sum(stages.slice(0, now).map((stage) => stage.spent ?? expected(stage)));
  const whole = gone + cost + sum(stages.slice(now + 1).map(expected));
  return whole > 0 ? (gone + current.done * cost) / whole : 0;
}

/** What it seems to cost by what it has taken, the more the further it is; else by its forecast. */
function costOf({ forecast, done, spent }: Stage, scale: number | undefined): number {
  const forecasted = forecast * (scale ?? 1);
  if (spent === undefined || spent === 0 || done < tellingShare) return forecasted;
  const seen = spent / done;
  const trust = scale === undefined ? 1 : Math.min(1, done / sureShare);
  return trust * seen + (1 - trust) * forecasted;
}

/** Real cost against forecast. */
function scaleOf(known: readonly { readonly forecast: number; readonly cost: number }[]): number | undefined {
  const [forecast, cost] = [sum(known.map((one) => one.forecast)), sum(known.map((one) => one.cost))];
  return forecast > 0 && cost > 0 ? cost / forecast : undefined;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
