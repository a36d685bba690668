import { announceCancel } from '../../shared/ledger/announce-cancel.ts';
import type { Orchestrator } from './orchestrator.ts';

/**
 * When one part of a split step fails, the ledger ends the others; this stops the workers that are busy with them. A lost
 * message costs only their time.
 */
export async function stopSiblings(
  { database, bus, log }: Orchestrator,
  ended: { job: string; step: string },
): Promise<void> {
  // Only names of parts hold a dot (job-state.ts).
  if (!ended.step.includes('.')) return;
  await announceCancel({ database, bus }, ended.job).catch((error: unknown) =>
    log.warn({ err: error, job: ended.job }, 'cancel.unannounced'),
  );
}
