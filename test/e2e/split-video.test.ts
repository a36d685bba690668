/** One video on many workers: separate processes that share nothing but RabbitMQ, PostgreSQL and S3. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, type RunningFarm, startRealFarm } from '../support/farm-processes.ts';
import { makeClip } from '../support/make-media.ts';
import { probeMedia } from '../support/read-media.ts';
import { until } from '../support/until.ts';

const seconds = 60;
const chunkSeconds = 10;
let farm: RunningFarm;
let input: string;

beforeAll(async () => {
  farm = await startRealFarm();
  await farm.programs.get('worker-media')?.stop();
  for (const name of workers) startWorker(name);
  const upload = await farm.client.upload('long.mp4', await makeClip(seconds, '640x360'));
  input = upload.id;
});
afterAll(() => farm.close());

const workers = ['one', 'two', 'three'];

/** A private scratch each, as on machines of their own. */
function startWorker(name: string): Program {
  return farm.start(name, 'workers/main.ts', {
    FARM_WORKER_KINDS: 'transcode',
    FARM_WORKER_CONCURRENCY: '1',
    FARM_SCRATCH_DIR: join(farm.variables.FARM_SCRATCH_DIR ?? tmpdir(), name),
  });
}

async function submit(params: object, priority = 'normal'): Promise<string> {
  const movie = { kind: 'transcode', preset: 'mp4-360p', ...params };
  const job = await farm.client.submit({ input, steps: { movie }, priority });
  return job.id;
}

const read = async (id: string) => (await farm.client.call('GET', `/v1/jobs/${id}`)).body;

const probed = async (url: string) => await probeMedia(await farm.client.download(url));

async function announced(id: string): Promise<{ type: string; data: { rendition?: string } }[]> {
  const address = new URL(`/v1/jobs/${id}/events`, farm.client.address);
  const stream = await (await fetch(address, { headers: { authorization: `Bearer ${farm.client.key}` } })).text();
  return [...stream.matchAll(/^data: ?(.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
}

/** The logged tasks of one worker that belong to a job: `part` names or the step itself. */
function stepsAt(name: string, jobId: string): string[] {
  const lines = farm.programs.get(name)?.output().split('\n') ?? [];
  return lines
    .filter((line) => line.includes('task.attempted') && line.includes(jobId))
    .map((line) => JSON.parse(line).step);
}

describe('one video on three workers', () => {
  it('is cut, encoded by all of them, joined, and has every frame and its sound', async () => {
    const id = await submit({ split: 'always', chunkSeconds });
    const job = await farm.client.finished(id, 110_000);
    expect(job).toMatchObject({ status: 'succeeded', progress: 1, steps: { movie: { attempts: 1 } } });
    const { parts, outputs } = job.steps.movie;
    expect(parts.total).toBeGreaterThanOrEqual(seconds / chunkSeconds);
    expect(parts).toMatchObject({ succeeded: parts.total, attempts: parts.total });
    expect(outputs.map(({ name }: { name: string }) => name)).toEqual(['movie.mp4']);
    const { video, audio, durationSeconds } = await probed(outputs[0].url);
    expect(video?.frames).toBe(seconds * 25);
    expect(audio?.codec).toBe('aac');
    expect(Math.abs(durationSeconds - seconds)).toBeLessThan(0.05);
    for (const name of workers) expect(stepsAt(name, id).length).toBeGreaterThan(0);
  });

  it('loses one part to a worker killed with -9, and no other', async () => {
    const id = await submit({ split: 'always', chunkSeconds });
    const atWork = async () => (await read(id)).steps.movie.parts?.succeeded >= 1;
    await until(atWork, 'a part to be made', 60_000);
    await until(async () => (await read(id)).steps.movie.parts?.running === 3, 'three parts at work', 60_000);
    await farm.programs.get('two')?.stop('SIGKILL');
    const job = await farm.client.finished(id, 110_000);
    const { parts } = job.steps.movie;
    expect([job.status, job.steps.movie.attempts, parts.attempts]).toEqual(['succeeded', 1, parts.total + 1]);
    expect((await probed(job.steps.movie.outputs[0].url)).video?.frames).toBe(seconds * 25);
    startWorker('two');
  });

  it('becomes a stream whose rungs are announced one by one, with poster and sprite', async () => {
    const web = { kind: 'transcode', preset: 'hls', ladder: ['360p', '240p'], poster: true, sprite: true };
    const steps = { web: { ...web, split: 'always', chunkSeconds } };
    const { id } = await farm.client.submit({ input, steps });
    const job = await farm.client.finished(id, 110_000);
    expect(job).toMatchObject({ status: 'succeeded', steps: { web: { attempts: 1 } } });
    const { outputs, parts } = job.steps.web;
    expect(parts.succeeded).toBe(parts.total);
    const named = (name: string) => outputs.find((output: { name: string }) => output.name === name);
    const master = (await farm.client.download(named('web.m3u8').url)).toString();
    expect(master.match(/RESOLUTION=\d+x\d+/g)?.toSorted()).toContain('RESOLUTION=640x360');
    for (const rung of ['360p', '240p']) {
      const playlist = (await farm.client.download(named(`${rung}/playlist.m3u8`).url)).toString();
      const lengths = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map(([, length]) => Number(length));
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBeCloseTo(seconds, 1);
      expect(playlist).not.toContain('DISCONTINUITY');
    }
    expect([named('poster.jpg')?.width, named('sprite.jpg') !== undefined]).toEqual([640, true]);
    const events = await announced(id);
    expect(events.filter(({ type }) => type === 'rendition.ready').map(({ data }) => data.rendition)).toEqual([
      '240p',
      '360p',
    ]);
  });

  it('makes way for an interactive job between its parts', async () => {
    const batch = await submit({ split: 'always', chunkSeconds }, 'low');
    await until(async () => (await read(batch)).steps.movie.parts?.running >= 1, 'the first parts', 60_000);
    const urgent = await submit({ clip: { end: 2 } }, 'high');
    expect((await farm.client.finished(urgent, 60_000)).status).toBe('succeeded');
    const { status, steps } = await read(batch);
    expect(status).toBe('running');
    expect(steps.movie.parts.succeeded).toBeLessThan(steps.movie.parts.total);
    expect((await farm.client.finished(batch, 110_000)).status).toBe('succeeded');
  });

  it('runs whole where that is asked for', async () => {
    const id = await submit({ split: 'never', clip: { end: 2 } });
    const job = await farm.client.finished(id, 60_000);
    expect([job.status, job.steps.movie.parts]).toEqual(['succeeded', undefined]);
  });
});
