import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/**
 * Runs vitest, showing its own report, and counts from its JSON report. A file that cannot be loaded counts as one
 * failure, and so does an error outside of any test, which vitest shows only in its exit code.
 */
export async function runVitest(root, args) {
  const folder = mkdtempSync(join(tmpdir(), 'mediafarm-tests-'));
  try {
    const report = join(folder, 'report.json');
    const code = await spawnVitest(root, [
      ...args,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]);
    return count(root, readReport(report), code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function spawnVitest(root, args) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', ...args], { cwd: root, stdio: 'inherit' });
  // Ctrl-C reaches vitest too; it ends its tests and servers, and we stay to count and to report.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { testResults: [] };
  }
}

function count(root, { testResults }, code) {
  const files = testResults.map((file) => ({ ...file, name: relative(root, file.name) }));
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === 'passed').length;
  const failed = [...files.filter(isUnloadable).map(describeFile), ...files.flatMap(describeFailedTests)];
  const skipped = tests.length - passed - tests.filter(isFailed).length;
  if (code !== 0 && failed.length === 0) failed.push('vitest ended with an error outside of any test (shown above)');
  return { passed, failed, skipped };
}

function isFailed(test) {
  return test.status === 'failed';
}

function isUnloadable(file) {
  return file.status === 'failed' && !file.assertionResults.some(isFailed);
}

function describeFile(file) {
  return `${file.name}: ${firstLine(file.message) || 'could not be run'}`;
}

function describeFailedTests(file) {
  return file.assertionResults
    .filter(isFailed)
    .map((test) => `${file.name} > ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
}

function firstLine(message) {
  return (message ?? '').split('\n', 1)[0].slice(0, 300);
}
