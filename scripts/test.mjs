/**
 * `npm test [-- <vitest arguments>]`: installs what is missing, runs the static checks, then every suite against real
 * servers. The last line counts tests and checks: `N passed, N failed` and, if there are any, `, N skipped`.
 */
import { fileURLToPath } from 'node:url';
import { checkNode } from './launch/check-node.mjs';
import { installDependencies } from './launch/install-dependencies.mjs';
import { installNpmTools } from './launch/install-npm-tools.mjs';
import { installTools } from './launch/install-tools.mjs';
import { runVitest } from './launch/run-vitest.mjs';
import { runStaticChecks } from './launch/static-checks.mjs';

checkNode();
const root = fileURLToPath(new URL('..', import.meta.url));
installDependencies(root, { dev: true });
installTools();
installNpmTools(root);

const checks = await runStaticChecks(root);
const tests = await runVitest(root, process.argv.slice(2));
if (tests.passed + tests.failed.length === 0) tests.failed.push('no test ran');

const failed = [...checks.failed, ...tests.failed];
if (failed.length > 0) process.stdout.write(`\nFailed:\n${failed.map((name) => `  ✗ ${name}\n`).join('')}\n`);
const skipped = tests.skipped > 0 ? `, ${tests.skipped} skipped` : '';
process.stdout.write(`${checks.passed + tests.passed} passed, ${failed.length} failed${skipped}\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
