/** What a customer does with the farm, whatever it runs on. Run on the embedded farm and on the real one. */
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { kindNames } from '../../workers/catalog.ts';
import type { Json } from '../support/farm-client.ts';
import type { RunningFarm } from '../support/farm-processes.ts';
import { makeClip, makePhoto, markdownPages } from '../support/make-media.ts';
import { pdfText, probeMedia } from '../support/read-media.ts';
import type { WebhookReceiver } from '../support/webhook-receiver.ts';
import { kindCases } from './kind-cases.ts';

interface Stage {
  farm(): RunningFarm;
  receiver(): WebhookReceiver;
}

export function everyKindSuite(stage: Stage): void {
  const submit = (job: unknown) => stage.farm().client.submit(job);
  const upload = async (name: string, content: Uint8Array) =>
    (await stage.farm().client.upload(name, content)).id as string;
  const finished = (job: Json) => stage.farm().client.finished(job.id);

  /** The whole stream of a job that has ended or is about to: it closes after the terminal event. */
  const eventsOf = async (jobId: string): Promise<Json[]> => {
    const { address, key } = stage.farm().client;
    const response = await fetch(new URL(`/v1/jobs/${jobId}/events`, address), {
      headers: { authorization: `Bearer ${key}` },
    });
    const lines = (await response.text()).split('\n');
    return lines.flatMap((line) => (line.startsWith('data: ') ? [JSON.parse(line.slice(6))] : []));
  };

  beforeAll(async () => {
    const { body } = await stage.farm().client.call('GET', '/v1/webhook-secret');
    stage.receiver().trust(body.secret);
  });

  it('has a case for every kind', () => {
    expect(Object.keys(kindCases).sort()).toEqual([...kindNames].sort());
  });

  it.each(Object.entries(kindCases))('runs %s', async (kind, { files, params, look }) => {
    const uploads = Object.entries(files).map(async ([name, make], position) => {
      return [`in${position}`, await upload(name, await make())];
    });
    const inputs = Object.fromEntries(await Promise.all(uploads));
    const done = await finished(await submit({ inputs, steps: { it: { kind, use: Object.keys(inputs), ...params } } }));
    expect(done.error).toBeNull();
    const { outputs } = done.steps.it;
    const read = async (ending: string) => {
      const output = outputs.find(({ name }: Json) => name.endsWith(ending));
      return await stage.farm().client.download(output?.url);
    };
    await look(read, outputs);
  });

  it('turns a photo into a thumbnail and says so by a verified webhook', async () => {
    const input = await upload('photo.jpg', await makePhoto(1200, 800));
    const steps = { thumb: { kind: 'resize', width: 320, height: 320, fit: 'cover', format: 'webp' } };
    const job = await submit({ input, steps, webhook: { url: stage.receiver().url }, metadata: { order: '42' } });
    const webhook = await stage.receiver().next('job.succeeded', (hook) => hook.body.data.job.id === job.id);
    expect(webhook).toMatchObject({
      verified: true,
      body: { type: 'job.succeeded', data: { job: { metadata: { order: '42' } } } },
    });
    const [output] = webhook.body.data.job.steps.thumb.outputs;
    expect(output).toMatchObject({ name: 'thumb.webp', mediaType: 'image/webp', width: 320, height: 320 });
    const picture = await sharp(await stage.farm().client.download(output.url)).metadata();
    expect(picture).toMatchObject({ format: 'webp', width: 320, height: 320 });
  });

  it('turns a clip into an MP4 that plays, with progress on the way', async () => {
    const input = await upload('clip.mov', await makeClip(10, '1280x720'));
    const job = await submit({ input, steps: { movie: { kind: 'transcode', preset: 'mp4-480p' } } });
    const done = await finished(job);
    expect(done).toMatchObject({ status: 'succeeded', progress: 1, error: null });
    const [output] = done.steps.movie.outputs;
    expect(output).toMatchObject({
      name: 'movie.mp4',
      mediaType: 'video/mp4',
      height: 480,
      videoCodec: 'h264',
      audioCodec: 'aac',
    });
    const media = await probeMedia(await stage.farm().client.download(output.url));
    expect(media.video).toMatchObject({ codec: 'h264', width: 854, height: 480 });
    expect(media.durationSeconds).toBeCloseTo(10, 0);
    const types = (await eventsOf(job.id)).map((event) => event.type);
    expect(types).toContain('step.progress');
  });

  it('turns Markdown into a PDF whose text can be read back', async () => {
    const input = await upload('report.md', Buffer.from(markdownPages));
    const done = await finished(
      await submit({ input, steps: { book: { kind: 'pdf', layout: 'document', title: 'Annual report' } } }),
    );
    expect(done.status).toBe('succeeded');
    const [output] = done.steps.book.outputs;
    expect(output).toMatchObject({ name: 'book.pdf', mediaType: 'application/pdf', pages: 1 });
    const text = await pdfText(await stage.farm().client.download(output.url));
    expect(text).toMatch(/Annual report[\s\S]*words[\s\S]*one[\s\S]*two[\s\S]*const answer = 42;/);
  });

  it('runs a DAG: clip → posters → PDF of the posters, in one job', async () => {
    const input = await upload('clip.mp4', await makeClip(3));
    const steps = {
      first: { kind: 'poster', percent: 20 },
      second: { kind: 'poster', percent: 80 },
      sheet: { kind: 'pdf', use: ['first', 'second'], layout: 'pages' },
    };
    const done = await finished(await submit({ input, steps }));
    expect(done.status).toBe('succeeded');
    expect(done.steps.sheet.outputs[0]).toMatchObject({ mediaType: 'application/pdf', pages: 2 });
  });

  describe('a file that is not what it should be', () => {
    const truncated = async () => (await makePhoto()).subarray(0, 6000);
    const cases: readonly [string, string, () => Promise<Uint8Array>, Json][] = [
      ['an empty file', 'photo.jpg', async () => Buffer.alloc(0), { kind: 'resize', width: 100 }],
      ['text named .jpg', 'photo.jpg', async () => Buffer.from('not a picture'), { kind: 'resize', width: 100 }],
      ['half a photo', 'photo.jpg', truncated, { kind: 'resize', width: 100 }],
      ['a photo sent as video', 'clip.mp4', makePhoto, { kind: 'transcode', preset: 'mp4-480p' }],
      [
        'noise sent as Markdown',
        'book.md',
        async () => Buffer.from([0, 159, 146, 150, 0, 1, 2]),
        { kind: 'pdf', layout: 'document' },
      ],
    ];
    it.each(cases)(
      '%s fails its step at once, with a message for the person who sent it',
      async (_what, name, make, step) => {
        const input = await upload(name, await make());
        const done = await finished(await submit({ input, steps: { it: step } }));
        expect(done.status).toBe('failed');
        expect(done.error).toMatchObject({ code: 'input_invalid', step: 'it' });
        expect(done.error.message).toMatch(/^["“]?[A-Za-z].{15,}$/);
        expect(done.steps.it).toMatchObject({ status: 'failed', attempts: 1, outputs: [] });
      },
    );
  });

  it('skips what depends on a failure and still finishes the rest', async () => {
    const inputs = {
      good: await upload('photo.jpg', await makePhoto(300, 200)),
      bad: await upload('bad.jpg', Buffer.from('nothing')),
    };
    const steps = {
      fine: { kind: 'resize', use: 'good', width: 100 },
      broken: { kind: 'resize', use: 'bad', width: 100 },
      after: { kind: 'pdf', use: ['fine', 'broken'], layout: 'pages' },
    };
    const done = await finished(await submit({ inputs, steps }));
    expect(done.status).toBe('failed');
    expect(done.steps).toMatchObject({
      fine: { status: 'succeeded' },
      broken: { status: 'failed' },
      after: { status: 'skipped' },
    });
  });

  it('streams every event of a job, in order, and ends after the last', async () => {
    const input = await upload('photo.jpg', await makePhoto(300, 200));
    const job = await submit({ input, steps: { a: { kind: 'resize', width: 100 } } });
    const events = await eventsOf(job.id);
    const types = events.map((event) => event.type).filter((type) => type !== 'step.progress');
    expect(types).toEqual(['job.accepted', 'job.started', 'step.started', 'step.succeeded', 'job.succeeded']);
    const sequences = events.map((event) => event.sequence);
    expect(sequences).toEqual([...new Set<number>(sequences)].sort((a, b) => a - b));
  });

  it('stops running work when the job is cancelled', async () => {
    const input = await upload('long.mp4', await makeClip(60, '640x360'));
    const job = await submit({ input, steps: { movie: { kind: 'transcode', preset: 'webm-720p' } } });
    await stage.farm().client.call('GET', `/v1/jobs/${job.id}?wait=1`);
    const cancelled = await stage.farm().client.call('POST', `/v1/jobs/${job.id}/cancel`);
    expect(cancelled).toMatchObject({ status: 202, body: { status: 'cancelled' } });
    // The slot is free again: the next transcode does not wait for the long one.
    const next = await submit({
      input: await upload('short.mp4', await makeClip(1)),
      steps: { movie: { kind: 'transcode', preset: 'mp4-480p' } },
    });
    expect((await finished(next)).status).toBe('succeeded');
    expect((await finished(job)).steps.movie.status).toBe('cancelled');
  });
}
