export type TakeTurns = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Work of the same key is done one after the other, in the order it came, whatever becomes of it; that of others meanwhile. */
export function createTurns(): TakeTurns {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work);
    const over = mine.then(
      () => undefined,
      () => undefined,
    );
    last.set(key, over);
    over.then(() => last.get(key) === over && last.delete(key));
    return mine;
  };
}
