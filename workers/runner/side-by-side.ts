import pMap from 'p-map';

const atOnce = 4;

/**
 * Fetches several things at once. The first that fails, or the abort of `signal`, stops the others; it throws that reason
 * once all have ended, so that nobody writes any more.
 */
export async function sideBySide<T, R>(
  items: readonly T[],
  signal: AbortSignal,
  fetch: (item: T, index: number, signal: AbortSignal) => Promise<R>,
): Promise<readonly R[]> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const fetchOne = async (item: T, index: number) => {
    try {
      either.throwIfAborted();
      return await fetch(item, index, either);
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  return await pMap(items, fetchOne, { concurrency: atOnce, stopOnError: false }).catch(() => {
    throw either.reason;
  });
}
