import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const sources = ['services', 'workers', 'shared', 'clients', 'scripts', 'bench'];

/** What `npm run check` and `npm test` look at before any test runs. */
function listChecks(root) {
  const bin = (name) => join('node_modules', name);
  const present = sources.filter((folder) => existsSync(join(root, folder)));
  return [
    { name: 'format and lint (biome)', args: [bin('@biomejs/biome/bin/biome'), 'check', '.'] },
    { name: 'types (tsc)', args: [bin('typescript/bin/tsc'), '--noEmit'] },
    {
      name: 'import rules (dependency-cruiser)',
      args: [bin('dependency-cruiser/bin/dependency-cruise.mjs'), '--config', '.dependency-cruiser.cjs', ...present],
    },
    { name: 'house rules (check-house)', args: ['--import', 'tsx', 'scripts/check-house.ts'] },
  ];
}

/** Runs them side by side and prints what each failing one said. Returns how many passed and the names of the others. */
export async function runStaticChecks(root) {
  const results = await Promise.all(listChecks(root).map((check) => runCheck(root, check)));
  for (const { name, passed, output } of results) {
    process.stdout.write(passed ? `✓ ${name}\n` : `✗ ${name}\n${output}\n`);
  }
  const failed = results.filter((result) => !result.passed).map((result) => result.name);
  return { passed: results.length - failed.length, failed };
}

function runCheck(root, { name, args }) {
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({ name, passed: error === null, output: `${stdout}${stderr}`.trim() });
    });
  });
}
