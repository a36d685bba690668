import type { TaskReport } from '../messages/report.ts';
import type { Database } from './database.ts';

/** Takes what a worker reports, if it passes the fence (design §4). Late and duplicate reports are `ignored`. */
export async function applyReport(_database: Database, _report: TaskReport): Promise<'applied' | 'ignored'> {
  throw new Error('not yet');
}
