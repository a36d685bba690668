import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import type { Servers } from './servers.ts';

/** Vitest's global set-up: one set of servers a run, or the running set that `FARM_TEST_SERVERS` names. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const running = process.env.FARM_TEST_SERVERS;
  if (running) {
    project.provide('servers', JSON.parse(await readFile(running, 'utf8')) as Servers);
    return undefined;
  }
  const { servers, close } = await startServers();
  project.provide('servers', servers);
  return close;
}

/**
 * The servers live in a process of their own that ends them when its stdin ends: on the tear-down as well as when this
 * process is killed. `detached` keeps Ctrl-C from it, so that it outlives the tests that still use its servers.
 */
export async function startServers(): Promise<{ servers: Servers; close(): Promise<void> }> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const host = spawn(process.execPath, ['--import', 'tsx', main, '-'], { stdio: 'pipe', detached: true });
  const ended = once(host, 'close');
  const complaints = text(host.stderr);
  const first = await Promise.race([once(host.stdout, 'data'), ended.then(() => undefined)]);
  if (first === undefined) throw new Error(await complaints);
  return {
    servers: JSON.parse(String(first[0])) as Servers,
    async close() {
      host.stdin.end();
      await ended;
    },
  };
}
