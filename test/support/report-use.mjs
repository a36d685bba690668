/** `node --import …/report-use.mjs`: as the process ends it writes to descriptor 3 what it used, as JSON. */
import { readFileSync, writeSync } from 'node:fs';

/** Linux lets a new program inherit the `maxRSS` of the one that forked it; its own high-water mark is in /proc. */
function peakBytes() {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

process.once('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  writeSync(3, JSON.stringify({ peakBytes: peakBytes(), cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }));
});
