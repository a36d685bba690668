/** Real and hostile files through the running farm; each ends as the manifest says, and the farm lives. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/farm-client.ts';
import { type RunningFarm, startEmbeddedFarm } from '../support/farm-processes.ts';
import { type Fixture, fixturesAbsent, fixturesPresent, readFixtures } from '../support/fixtures.ts';
import { makePhoto } from '../support/make-media.ts';
import { expectFixtures } from '../support/run-fixtures.ts';

if (!fixturesPresent) process.stdout.write(`skipped: ${fixturesAbsent}\n`);

const thumbnail = { kind: 'resize', width: 320, height: 320, fit: 'inside', format: 'webp' };
const movie = { kind: 'transcode', preset: 'mp4-480p', video: { speed: 'fast' } };
const sound = { kind: 'transcode', preset: 'm4a' };

let farm: RunningFarm;

describe.skipIf(!fixturesPresent)('real files through the running farm', () => {
  beforeAll(async () => {
    farm = await startEmbeddedFarm();
  });
  afterAll(() => farm.close());

  const of = (...kinds: string[]) => readFixtures().filter((fixture) => kinds.includes(fixture.kind));

  it('makes a thumbnail of every picture, or says why not', async () => {
    await expectAll(
      of('image', 'hostile').filter(({ expected }) => expected.resize !== '-'),
      thumbnail,
      ({ expected }) => expected.resize,
    );
  });

  it('makes an MP4 of every video, or says why not', { timeout: 600_000 }, async () => {
    await expectAll(of('video'), movie, ({ expected }) => expected.transcode);
  });

  it('makes an M4A of every sound, or says why not', { timeout: 300_000 }, async () => {
    await expectAll(of('audio'), sound, ({ expected }) => expected.transcode);
  });

  it('survives every hostile file in the kinds of pictures and films', { timeout: 600_000 }, async () => {
    const hostile = of('hostile');
    await expectAll(hostile, movie, () => 'ok or clean error');
    await expectAll(hostile, thumbnail, () => 'ok or clean error');
    const photo = await farm.client.upload('photo.jpg', await makePhoto());
    const after = await farm.client.submit({ input: photo.id, steps: { it: thumbnail } });
    expect((await farm.client.finished(after.id)).status).toBe('succeeded');
    expect(farm.programs.get('farm')?.child.exitCode).toBeNull();
  });
});

async function expectAll(
  fixtures: readonly Fixture[],
  step: Json,
  expectedOf: (fixture: Fixture) => string,
): Promise<void> {
  expect(fixtures.length).toBeGreaterThan(10);
  await expectFixtures(farm, { fixtures, step, expectedOf });
}
