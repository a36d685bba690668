import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Installs the dependencies when one is missing or of another version than `package-lock.json` names; `dev` counts the
 * tools of development too. Versions are compared, not file times: a checkout or a copy changes those at random.
 */
export function installDependencies(root, { dev }) {
  if (isComplete(root, dev)) return;
  process.stderr.write('Installing the dependencies …\n');
  const flags = ['--no-audit', '--no-fund', '--loglevel=error', ...(dev ? ['--include=dev'] : [])];
  // `npm ci` begins by deleting node_modules, under the feet of whatever part may be running from it.
  if (!existsSync(join(root, 'node_modules')) && runNpm(root, ['ci', ...flags])) return;
  if (runNpm(root, ['install', ...flags])) return;
  process.stderr.write('npm could not install the dependencies; its messages are above.\n');
  process.exit(1);
}

function isComplete(root, dev) {
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  const wanted = readPackages(join(root, 'package-lock.json'));
  return Object.entries(wanted).every(([path, { version, optional, devOptional, dev: forDev }]) => {
    if (path === '' || optional || devOptional || (forDev && !dev)) return true;
    return installed[path] !== undefined && installed[path].version === version;
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return {};
  }
}

/** Its output goes to stderr: stdout belongs to the program that is about to run. */
export function runNpm(root, args) {
  const script = process.env.npm_execpath;
  const [program, first] = script ? [process.execPath, [script]] : ['npm', []];
  const options = { cwd: root, stdio: ['ignore', 2, 2], shell: !script && process.platform === 'win32' };
  return spawnSync(program, [...first, ...args], options).status === 0;
}
