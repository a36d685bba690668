import { readFileSync } from 'node:fs';

/** Linux counts in hundredths of a second for programs, whatever the kernel's own clock (proc(5), sysconf(_SC_CLK_TCK)). */
const ticksPerSecond = 100;

/** Seconds of CPU a running process has used: fields 14 and 15 of its stat, counted behind the name. Undefined where nobody tells. */
export function processCpu(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    const ticks = Number(fields[11]) + Number(fields[12]);
    return Number.isFinite(ticks) ? ticks / ticksPerSecond : undefined;
  } catch {
    return undefined;
  }
}
