/** Real and hostile video and sound through the running farm, in every media kind but transcode to one file (fixtures.test.ts). */
import HLS from 'hls-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/farm-client.ts';
import { type RunningFarm, startEmbeddedFarm } from '../support/farm-processes.ts';
import { type Fixture, fixturesAbsent, fixturesPresent, readFixtures } from '../support/fixtures.ts';
import { probeMedia } from '../support/read-media.ts';
import { expectFixtures } from '../support/run-fixtures.ts';

if (!fixturesPresent) process.stdout.write(`skipped: ${fixturesAbsent}\n`);

const ofSound = { waveform: { kind: 'waveform', points: 100 }, loudness: { kind: 'loudness' } };
const ofPicture = {
  poster: { kind: 'poster', width: 160 },
  sprite: { kind: 'sprite' },
  preview: { kind: 'preview', seconds: 1, snippets: 2, width: 120 },
};

let farm: RunningFarm;

describe.skipIf(!fixturesPresent)('real media through the running farm', () => {
  beforeAll(async () => {
    farm = await startEmbeddedFarm();
  });
  afterAll(() => farm.close());

  const media = readFixtures().filter(({ expected }) => expected.transcode !== '-');
  const good = (kind: string) =>
    media.filter((fixture) => fixture.kind === kind && fixture.expected.transcode === 'ok');
  const named = (part: string) => {
    const found = media.find(({ file }) => file.includes(part));
    if (found === undefined) throw new Error(`no fixture ${part}`);
    return found;
  };
  const upload = async ({ path, file }: Fixture): Promise<string> => (await farm.client.uploadFile(path, file)).id;

  it.each([
    ['video', 30],
    ['audio', 15],
  ])('makes its pictures and measures its sound (%s)', { timeout: 900_000 }, async (kind, atLeast) => {
    const fixtures = good(kind);
    expect(fixtures.length).toBeGreaterThan(atLeast);
    const jobs = [];
    for (const fixture of fixtures) {
      const steps = { ...(kind === 'video' ? ofPicture : {}), ...(/A:/.test(fixture.facts) ? ofSound : {}) };
      jobs.push({ fixture, job: await farm.client.submit({ input: await upload(fixture), steps }) });
    }
    const wrong: string[] = [];
    for (const { fixture, job } of jobs) {
      const done = await farm.client.finished(job.id, 600_000);
      if (done.status !== 'succeeded') wrong.push(`${fixture.file}: ${done.error?.step} ${done.error?.message}`);
      else wrong.push(...(await lookAt(done)).map((fault) => `${fixture.file}: ${fault}`));
    }
    expect(wrong).toEqual([]);
  });

  it.each([{ kind: 'poster' }, { kind: 'loudness' }])(
    'says what is wrong with hostile files ($kind)',
    { timeout: 600_000 },
    async (step) => {
      const fixtures = media.filter(({ kind }) => kind === 'hostile');
      expect(fixtures.length).toBeGreaterThan(10);
      await expectFixtures(farm, { fixtures, step, expectedOf: () => 'ok or clean error' });
    },
  );

  it('joins a film, a web video and a sound', { timeout: 300_000 }, async () => {
    const [film, web, sound] = [named('ff__movie_5.mp4'), named('ff__test.webm'), named('ff__speech.wav')];
    const inputs = { film: await upload(film), web: await upload(web), sound: await upload(sound) };
    const join = { kind: 'concat', use: ['film', 'web', 'sound'], width: 320, speed: 'fastest' };
    const done = await farm.client.finished((await farm.client.submit({ inputs, steps: { join } })).id, 240_000);
    expect(done.error).toBeNull();
    const [output] = done.steps.join.outputs;
    const seen = await probeMedia(await farm.client.download(output.url));
    expect(seen).toMatchObject({ video: { codec: 'h264', width: 320 }, audio: { codec: 'aac', channels: 2 } });
    const lengths = await Promise.all([film, web, sound].map(({ facts }) => Number(/dur=([\d.]+)/.exec(facts)?.[1])));
    expect(seen.durationSeconds).toBeCloseTo(
      lengths.reduce((sum, length) => sum + length, 0),
      0,
    );
  });

  it('makes a stream whose playlists and segments are there', { timeout: 300_000 }, async () => {
    const stream = {
      kind: 'transcode',
      preset: 'hls',
      ladder: ['360p', '240p'],
      poster: true,
      sprite: true,
      video: { speed: 'fastest' },
    };
    const input = await upload(named('big-buck-bunny'));
    const done = await farm.client.finished((await farm.client.submit({ input, steps: { stream } })).id, 240_000);
    expect(done.error).toBeNull();
    const outputs = new Map<string, Json>(done.steps.stream.outputs.map((output: Json) => [output.name, output]));
    const read = async (name: string) => farm.client.download(outputs.get(name).url);
    const master = HLS.parse((await read('stream.m3u8')).toString()) as HLS.types.MasterPlaylist;
    const rungs = master.variants.filter(({ isIFrameOnly }) => !isIFrameOnly);
    expect(rungs.map(({ resolution }) => resolution?.height)).toEqual([360, 240]);
    for (const { uri } of rungs) {
      const folder = uri.split('/')[0];
      const list = HLS.parse((await read(uri)).toString()) as HLS.types.MediaPlaylist;
      expect(list.segments.length).toBeGreaterThan(5);
      const parts = [`${folder}/init.mp4`, ...list.segments.map((segment) => `${folder}/${segment.uri}`)];
      const whole = Buffer.concat(await Promise.all(parts.map(read)));
      expect((await probeMedia(whole)).durationSeconds).toBeCloseTo(30, 0);
    }
    expect([outputs.has('poster.jpg'), outputs.has('sprite.jpg'), outputs.has('sprite.vtt')]).toEqual([
      true,
      true,
      true,
    ]);
  });
});

/** What is wrong with the outputs of the steps, if anything is. */
async function lookAt(done: Json): Promise<string[]> {
  const faults: string[] = [];
  const { poster, sprite, preview, waveform, loudness } = done.steps;
  for (const [name, step] of Object.entries({ poster, sprite, preview })) {
    const facts = (step as Json)?.outputs[0];
    if (step !== undefined && !(facts.width > 0 && facts.height > 0)) faults.push(`${name} has no size`);
  }
  if (waveform !== undefined && !(waveform.outputs[0].points > 0)) faults.push('no peaks');
  const lufs = loudness?.outputs[0].lufs;
  if (loudness !== undefined && lufs !== null && !(lufs < 5 && lufs > -71)) faults.push(`loudness of ${lufs}`);
  return faults;
}
