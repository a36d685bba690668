import { Readable } from 'node:stream';
import { storeUnavailable } from './store-errors.ts';

/**
 * Passes on a body that comes over the network. It breaks with `store_unavailable` when the connection does, and when
 * nothing came for `idleMs` although somebody was waiting; a reader that takes its time is no fault.
 */
export function guardBody(source: Readable, idleMs: number, signal?: AbortSignal): Readable {
  const guarded = Readable.from(readGuarded(source, idleMs, signal), { objectMode: false });
  guarded.once('close', () => source.destroy());
  return guarded;
}

async function* readGuarded(source: Readable, idleMs: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  try {
    while (true) {
      const silence = new Error(`The object store sent nothing for ${idleMs / 1000} s.`);
      const timer = setTimeout(() => source.destroy(silence), idleMs);
      const { done, value } = await chunks.next().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw signal?.aborted ? signal.reason : storeUnavailable(error);
  }
}
