import type { StoredOutput } from '../messages/report.ts';
import type { Queryable } from './database.ts';

/** One output of a succeeded step, by its name (which may hold slashes). */
export async function findOutput(
  _db: Queryable,
  _tenant: string,
  _jobId: string,
  _step: string,
  _name: string,
): Promise<StoredOutput | undefined> {
  throw new Error('not yet');
}
