/** Seconds of CPU of the programs this process has started, those that ended and those that run. Linux. */
import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** Fields 14 to 17 of /proc/PID/stat (proc(5)). */
export function childrenCpu(): number {
  const own = statOf('self');
  const running = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((fields) => fields[1] === String(process.pid))
    .reduce((sum, fields) => sum + Number(fields[11]) + Number(fields[12]), 0);
  return (Number(own[13]) + Number(own[14]) + running) / ticksPerSecond;
}

/** From the third field, the state, on. */
function statOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  } catch {
    return [];
  }
}
