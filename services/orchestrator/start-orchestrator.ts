import { relayDispatches } from '../../shared/ledger/relay-dispatches.ts';
import { relayEvents } from '../../shared/ledger/relay-events.ts';
import type { Log } from '../../shared/log.ts';
import type { Part } from '../../shared/part.ts';
import { applyReports } from './apply-reports.ts';
import { clean } from './clean.ts';
import { collectProgress } from './collect-progress.ts';
import type { OrchestratorConfig } from './config.ts';
import { forgetSecrets } from './forget-secrets.ts';
import { keepDeadLetters } from './keep-dead-letters.ts';
import type { Orchestrator } from './orchestrator.ts';
import { repeat } from './repeat.ts';
import { runAlone } from './run-alone.ts';
import { createEpochWatch } from './watch-epoch.ts';
import { watchLeases } from './watch-leases.ts';
import { createSlotWatch } from './watch-slots.ts';

export type OrchestratorDeps = Omit<Orchestrator, 'config'>;

/** Wakes of the relays within this time become one run. */
const relayRestMs = 10;

/**
 * Applies what workers report, hands out the next steps, publishes events, and watches for silence, lost disks and dead
 * letters. Any number of orchestrators share the work; what only one may do at a time is guarded by advisory locks.
 */
export async function startOrchestrator(config: OrchestratorConfig, deps: OrchestratorDeps): Promise<Part> {
  const orchestrator: Orchestrator = { config, ...deps };
  const duties = await startDuties(orchestrator);
  deps.log.info({ concurrency: config.concurrency }, 'orchestrator.started');
  let closing: Promise<void> | undefined;
  return {
    name: 'orchestrator',
    health: async () => [deps.bus.health(), await deps.database.health(), ...duties.map((duty) => duty.health())],
    close: () => {
      closing ??= stopDuties(duties, deps.log);
      return closing;
    },
  };
}

async function startDuties(orchestrator: Orchestrator) {
  const { config, database, bus, store, log } = orchestrator;
  const relay = { database, bus, log, leases: config.leases };
  const epoch = createEpochWatch(orchestrator);
  const slots = createSlotWatch(orchestrator);
  // Before anything else: a broker that forgot must not be taken for one that is only slow.
  await epoch.check().catch((error: unknown) => log.warn({ err: error }, 'epoch.unchecked'));
  const relaying = { everyMs: config.relayEveryMs, restMs: relayRestMs, log };
  const dispatches = repeat(() => relayDispatches(relay), { name: 'dispatches', ...relaying });
  const events = repeat(() => relayEvents(relay), { name: 'events', ...relaying });
  const wake = () => {
    dispatches.wake();
    events.wake();
  };
  const checkEpoch = async () => (await epoch.check()) > 0 && wake();
  const checkSlots = async () => (await slots.check()) > 0 && wake();
  const cleanAlone = () =>
    runAlone(database, 'clean', async () => {
      await forgetSecrets(database);
      await clean(database, store, config.retention);
    });
  return [
    applyReports(orchestrator, wake),
    collectProgress(orchestrator, () => events.wake()),
    keepDeadLetters(orchestrator, wake),
    watchLeases(orchestrator, wake),
    repeat(checkEpoch, { name: 'epoch', everyMs: config.epochEveryMs, log }),
    repeat(checkSlots, { name: 'slots', everyMs: config.slotsEveryMs, log }),
    repeat(cleanAlone, { name: 'clean', everyMs: config.cleanEveryMs, log }),
    dispatches,
    events,
  ];
}

async function stopDuties(duties: readonly { stop(): Promise<void> }[], log: Log): Promise<void> {
  await Promise.all(duties.map((duty) => duty.stop()));
  log.info('orchestrator.stopped');
}
