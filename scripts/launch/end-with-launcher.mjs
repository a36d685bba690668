/**
 * Loaded into the program that start.mjs runs: when start.mjs dies without a word (kill -9), the program is asked to stop
 * as if by SIGTERM, so that nothing stays behind. The channel to start.mjs is closed by the kernel in any case.
 */
import { isMainThread } from 'node:worker_threads';

const launcher = Number(process.env.MEDIAFARM_LAUNCHER);
delete process.env.MEDIAFARM_LAUNCHER;

if (isMainThread && process.channel && launcher === process.ppid) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
