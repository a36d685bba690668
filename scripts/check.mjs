/** `npm run check`: format, lint, types, import rules, house rules and the unit tests, which need nothing running. */
import { fileURLToPath } from 'node:url';
import { checkNode } from './launch/check-node.mjs';
import { installDependencies } from './launch/install-dependencies.mjs';
import { runVitest } from './launch/run-vitest.mjs';
import { runStaticChecks } from './launch/static-checks.mjs';

checkNode();
const root = fileURLToPath(new URL('..', import.meta.url));
installDependencies(root, { dev: true });
const checks = await runStaticChecks(root);
const tests = await runVitest(root, ['--project', 'unit', ...process.argv.slice(2)]);
process.exitCode = checks.failed.length + tests.failed.length > 0 ? 1 : 0;
