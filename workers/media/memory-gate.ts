import { totalmem } from 'node:os';

/** Lets work in while what it is expected to take fits beside what runs already. */
export interface MemoryGate {
  /** Runs `work` when `bytes` are free, in order of arrival; what is larger than the whole budget runs alone. */
  hold<T>(bytes: number, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly bytes: number;
  enter(): void;
}

/**
 * In order of arrival, so that a large step is not passed by small ones for ever. A step holds once: holding twice could
 * wait for itself.
 */
export function createMemoryGate(budgetBytes: number): MemoryGate {
  const queue: Waiting[] = [];
  let used = 0;
  let running = 0;

  const admit = () => {
    for (let next = queue[0]; next && (running === 0 || used + next.bytes <= budgetBytes); next = queue[0]) {
      queue.shift();
      used += next.bytes;
      running += 1;
      next.enter();
    }
  };

  const entrance = (bytes: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const leave = () => {
        const at = queue.indexOf(waiting);
        if (at >= 0) queue.splice(at, 1);
        reject(signal.reason);
        admit();
      };
      const waiting: Waiting = {
        bytes,
        enter: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      queue.push(waiting);
      admit();
    });

  return {
    async hold(bytes, signal, work) {
      signal.throwIfAborted();
      await entrance(bytes, signal);
      try {
        return await work();
      } finally {
        used -= bytes;
        running -= 1;
        admit();
      }
    },
  };
}

/** Of the container's limit, or the machine's memory where there is none: the rest is for Node, inputs in flight and the heap's gaps. */
const share = 0.75;

let gate = createMemoryGate(Infinity);

/** Once per worker process. libvips and the heap belong to the process, so one gate is for all its steps. */
export function configureMemory(budgetBytes: number = defaultBudget()): void {
  gate = createMemoryGate(budgetBytes);
}

export const holdMemory: MemoryGate['hold'] = (bytes, signal, work) => gate.hold(bytes, signal, work);

function defaultBudget(): number {
  const limit = process.constrainedMemory() ?? 0;
  return share * (limit > 0 ? Math.min(limit, totalmem()) : totalmem());
}
