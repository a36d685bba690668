/** `npm start`: one process, embedded PostgreSQL, memory broker, files. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFarmClient, type Json } from '../support/farm-client.ts';
import { type RunningFarm, ready, startEmbeddedFarm } from '../support/farm-processes.ts';
import { makeClip, makePhoto } from '../support/make-media.ts';
import { until } from '../support/until.ts';
import { type ReceivedWebhook, startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';
import { everyKindSuite } from './every-kind-suite.ts';

let farm: RunningFarm & { dataDir: string };
let receiver: WebhookReceiver;

beforeAll(async () => {
  [farm, receiver] = await Promise.all([startEmbeddedFarm({ FARM_API_KEY: undefined }), startWebhookReceiver()]);
  const key = (await readFile(join(farm.dataDir, 'api-key'), 'utf8')).trim();
  Object.assign(farm, { client: createFarmClient(farm.client.address, key) });
});
afterAll(async () => {
  await Promise.all([farm.close(), receiver.close()]);
});

describe('the embedded farm', () => {
  everyKindSuite({ farm: () => farm, receiver: () => receiver });

  it.each([
    ['made whole', 2, { firstRung: 'early' }],
    ['made in parts', 30, { split: 'always', chunkSeconds: 10 }],
  ])('tells a receiver of every rendition of a stream %s, signed, in order', async (_how, seconds, how) => {
    const input = await farm.client.upload('clip.mp4', await makeClip(seconds, '640x360'));
    const quick = { preset: 'hls', ladder: ['360p', '240p'], video: { speed: 'fastest' } };
    const webhook = { url: receiver.url, events: ['rendition.ready', 'job.succeeded', 'job.failed'] };
    const job = await farm.client.submit({
      input: input.id,
      steps: { web: { kind: 'transcode', ...quick, ...how } },
      webhook,
    });
    const of = (type: string) => (hook: ReceivedWebhook) => hook.body.data.job.id === job.id && hook.body.type === type;
    await receiver.next('the end of the job', of('job.succeeded'), 60_000);
    // Deliveries may overtake each other; `sequence` orders them.
    const told = () =>
      receiver.received.filter(of('rendition.ready')).sort((a, b) => a.body.sequence - b.body.sequence);
    await until(() => told().length === 2, 'two renditions told');
    const events = told().map(({ verified, body }) => [verified, body.data.step, body.data.rendition]);
    expect(events).toEqual([
      [true, 'web', '240p'],
      [true, 'web', '360p'],
    ]);
    for (const { body } of told()) {
      const { status, outputs } = body.data.job.steps.web;
      expect(status).toBe('running');
      const playlist = outputs.find(({ name }: Json) => name === `${body.data.rendition}/playlist.m3u8`);
      expect((await farm.client.download(playlist.url)).toString()).toContain('#EXT-X-ENDLIST');
    }
    const { parts, outputs } = (await farm.client.finished(job.id)).steps.web;
    expect([parts !== undefined, outputs[0].split?.reason]).toEqual(['split' in how, undefined]);
  });

  it('prints its address, the first key and a curl line, and keeps the key to itself', async () => {
    const printed = farm.programs.get('farm')?.output() ?? '';
    expect(printed).toContain(farm.client.address);
    expect(printed).toContain(farm.client.key);
    expect(printed).toMatch(/curl .*\/v1\/jobs/);
    expect((await stat(join(farm.dataDir, 'api-key'))).mode & 0o777).toBe(0o600);
  });

  it('tells a second start on the same data directory that one is running', async () => {
    const second = farm.start('second', 'services/embedded/main.ts');
    await second.line(/already running on this data directory/);
    expect(await second.stop()).toBe(1);
    farm.programs.delete('second');
  });

  it('names all faults of the configuration at once and exits 2', async () => {
    const faulty = farm.start('faulty', 'services/embedded/main.ts', {
      FARM_PORT: 'high',
      FARM_BROKER_URL: 'http://x',
    });
    const code = await new Promise((resolve) => faulty.child.once('exit', resolve));
    expect(code).toBe(2);
    expect(faulty.output()).toMatch(/FARM_PORT[\s\S]*FARM_BROKER_URL/);
    farm.programs.delete('faulty');
  });

  it('loses nothing by kill -9, and ends with 0 on Ctrl-C', async () => {
    const clip = await farm.client.upload('clip.mp4', await makeClip(8, '640x360'));
    const photo = await farm.client.upload('photo.jpg', await makePhoto());
    const jobs = await Promise.all([
      farm.client.submit({ input: clip.id, steps: { movie: { kind: 'transcode', preset: 'mp4-480p' } } }),
      ...Array.from({ length: 5 }, () =>
        farm.client.submit({ input: photo.id, steps: { thumb: { kind: 'resize', width: 64 } } }),
      ),
    ]);
    await farm.programs.get('farm')?.stop('SIGKILL');
    farm.start('farm', 'services/embedded/main.ts');
    await ready(farm);
    const ended = await Promise.all(jobs.map((job) => farm.client.finished(job.id, 90_000)));
    expect(ended.map((job) => job.status)).toEqual(jobs.map(() => 'succeeded'));
    expect(await farm.programs.get('farm')?.stop('SIGINT')).toBe(0);
    farm.start('farm', 'services/embedded/main.ts');
    await ready(farm);
    expect((await farm.client.finished(jobs[0].id)).status).toBe('succeeded');
  });
});
