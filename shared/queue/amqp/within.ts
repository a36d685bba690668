/** Longest wait for one answer of the broker. Beyond it the channel or connection counts as dead, whatever TCP says. */
export const answerWithinMs = 5000;

/** Rejects when the promise is not settled in time; a late result is dropped. */
export function within<T>(promise: Promise<T>, what: string, timeoutMs = answerWithinMs): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: no answer within ${timeoutMs} ms`)), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
