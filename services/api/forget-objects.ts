import { AppError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

/**
 * Deletes objects no row points to (any more). After a failure of the ledger (`because`) they stay: a commit whose answer got
 * lost may have made the row, and an orphan is better than an upload without bytes.
 */
export async function forgetObjects(
  deps: { readonly store: ObjectStore; readonly log: Log },
  keys: readonly string[],
  because?: unknown,
): Promise<void> {
  if (keys.length === 0) return;
  const uncertain = because instanceof AppError && because.code === 'ledger_unavailable';
  if (!uncertain) {
    try {
      return await deps.store.delete(keys);
    } catch (error) {
      deps.log.warn({ keys, err: error }, 'object.orphaned');
      return;
    }
  }
  deps.log.warn({ keys }, 'object.orphaned');
}
