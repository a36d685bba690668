import type { TaskReport } from '../messages/report.ts';
import type { StepState } from './job-state.ts';
import { isOpen } from './job-state.ts';

/**
 * The fence of design §4. Reports come late, twice and in any order; each names the run it speaks of by
 * (dispatch, try, run). Runs of one dispatch are ordered by try, then by the run's id, which begins with its time.
 *
 *   dispatch other than the step's, or the step has ended → nobody listens any more
 *   started, retrying   only of a run newer than the one known (retrying also of the known one)
 *   failed, cancelled, rendition   not of a run older than the one known: its twin is still at work
 *   succeeded, split    of any run of the dispatch: what either twin made is as good
 *   progress            only while running, and not of an older try
 */
export function passesFence(step: StepState, report: TaskReport): boolean {
  if (!isOpen(step) || step.status === 'waiting' || report.dispatch !== step.dispatch) return false;
  const age = compareRuns(report, step);
  switch (report.what) {
    case 'started':
      return age > 0;
    case 'retrying':
      return age > 0 || (age === 0 && step.status === 'running');
    case 'failed':
    case 'cancelled':
    case 'rendition':
      return age >= 0;
    case 'progress':
      return step.status === 'running' && report.try >= step.try;
    case 'succeeded':
      return true;
    case 'split':
      return step.phase === 'start';
  }
}

/** Above 0: `a` is the newer run. A step that no run was heard of yet has `run: null`, older than any. */
export function compareRuns(a: { try: number; run: string | null }, b: { try: number; run: string | null }): number {
  if (a.try !== b.try) return a.try - b.try;
  const [one, other] = [a.run ?? '', b.run ?? ''];
  return one === other ? 0 : one > other ? 1 : -1;
}
