/** How much memory processes have taken, from Linux' /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** proc(5): the highest the resident set has been; 0 when the process has gone. */
export function peakKiB(pid: number): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readOr(`/proc/${pid}/status`))?.[1] ?? 0);
}

export function descendants(pid: number): number[] {
  const children = tasksOf(pid).flatMap((task) => readOr(`/proc/${pid}/task/${task}/children`).split(' '));
  return children.flatMap((child) => (Number(child) > 0 ? [Number(child), ...descendants(Number(child))] : []));
}

function tasksOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
