/**
 * `node scripts/start.mjs <entry.ts> [arguments]`: checks Node, installs what is missing, then runs the entry.
 *
 * Signals reach the program exactly once. Ctrl-C goes to the whole process group and npm forwards it once more, so the
 * program runs in a group of its own and start.mjs hands on the first signal of each burst.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNode } from './launch/check-node.mjs';
import { installDependencies } from './launch/install-dependencies.mjs';

/** A second Ctrl-C after this long is meant, and is handed on as well. */
const burstMs = 500;

const [entry, ...args] = process.argv.slice(2);
checkNode();
if (entry === undefined) {
  process.stderr.write('Name the program to start, e.g. node scripts/start.mjs services/embedded/main.ts\n');
  process.exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
installDependencies(root, { dev: false });

const preloads = [import.meta.resolve('tsx'), new URL('./launch/end-with-launcher.mjs', import.meta.url).href];
const program = spawn(
  process.execPath,
  [...preloads.flatMap((preload) => ['--import', preload]), resolve(root, entry), ...args],
  {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    detached: true,
    // The AWS SDK warns of every Node it will not support next year; the floor is checked above.
    env: {
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...process.env,
      MEDIAFARM_LAUNCHER: String(process.pid),
    },
  },
);

let handedOnAt = Number.NEGATIVE_INFINITY;
function handOn(signal) {
  const now = performance.now();
  if (now - handedOnAt < burstMs) return;
  handedOnAt = now;
  // A closed terminal asks for the same orderly end as an operator does.
  program.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, handOn);

// npm dies of a SIGTERM without handing it on: the farm must not outlive the npm that a supervisor stopped.
if (process.env.npm_lifecycle_event !== undefined) {
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    program.kill('SIGTERM');
  }, 500);
}

program.once('error', (error) => {
  process.stderr.write(`${entry} could not be started: ${error.message}\n`);
  process.exit(1);
});
program.once('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
