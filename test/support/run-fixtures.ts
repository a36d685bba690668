/** Sends fixtures through the running farm and says which did not end as the manifest says. */
import { expect } from 'vitest';
import type { Json } from './farm-client.ts';
import type { RunningFarm } from './farm-processes.ts';
import type { Fixture } from './fixtures.ts';

interface FixtureRun {
  readonly fixtures: readonly Fixture[];
  readonly step: Json;
  /** `ok`, `clean error`, or `ok or clean error`. */
  readonly expectedOf: (fixture: Fixture) => string;
  /** Looks at a result: what is wrong with it, if anything is. */
  readonly look?: (done: Json, fixture: Fixture) => Promise<string | undefined>;
}

export async function expectFixtures(farm: RunningFarm, run: FixtureRun): Promise<void> {
  const { fixtures, step, expectedOf, look } = run;
  const jobs = [];
  for (const fixture of fixtures) {
    const upload = await farm.client.uploadFile(fixture.path, fixture.file);
    jobs.push({ fixture, job: await farm.client.submit({ input: upload.id, steps: { it: step } }) });
  }
  const wrong: string[] = [];
  for (const { fixture, job } of jobs) {
    const done = await farm.client.finished(job.id, 240_000);
    let fault = judge(done, expectedOf(fixture));
    if (fault === undefined && done.status === 'succeeded') fault = await look?.(done, fixture).catch(String);
    if (fault !== undefined) wrong.push(`${fixture.kind}/${fixture.file} (${step.kind}): ${fault}`);
  }
  expect(wrong).toEqual([]);
}

/** "clean error" bettered by a right result is no fault; an error must be the sender's to understand, without a retry. */
function judge(done: Json, expected: string): string | undefined {
  if (done.status === 'succeeded') return done.steps.it.outputs.length > 0 ? undefined : 'succeeded without an output';
  const { code, message } = done.error ?? {};
  if (expected === 'ok') return `expected ok, got ${code}: ${message}`;
  if (code !== 'input_invalid') return `expected a clean error, got ${code}: ${message}`;
  if (done.steps.it.attempts !== 1) return `tried ${done.steps.it.attempts} times`;
  return /^["“]?[A-Za-z].{10,}/.test(message) && !/\/(tmp|home|var)\b/.test(message)
    ? undefined
    : `unclear message: ${message}`;
}
