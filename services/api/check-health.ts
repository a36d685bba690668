import type { Health } from '../../shared/part.ts';

const timeoutMs = 3000;

/** Asks every dependency at once; one that does not answer in three seconds is not ready. */
export async function checkHealth(
  checks: readonly { readonly name: string; readonly ask: () => Health | Promise<Health> }[],
): Promise<readonly Health[]> {
  return await Promise.all(checks.map(({ name, ask }) => askInTime(name, ask)));
}

async function askInTime(name: string, ask: () => Health | Promise<Health>): Promise<Health> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Health>((resolve) => {
    timer = setTimeout(() => resolve({ name, ok: false, reason: `no answer within ${timeoutMs} ms` }), timeoutMs);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    return { name, ok: false, reason: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}
