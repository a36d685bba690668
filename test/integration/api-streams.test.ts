import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../support/farm-client.ts';
import { until } from '../support/until.ts';
import { type ApiUnderTest, startApiUnderTest } from './api-under-test.ts';

let farm: ApiUnderTest;
let input: string;
beforeAll(async () => {
  farm = await startApiUnderTest({ config: { heartbeatMs: 200 } });
  input = (await farm.upload('a.txt', 'a')).id;
});
afterAll(() => farm?.close());

const text = (content: string) => ({ content: Buffer.from(content), mediaType: 'text/plain' });
const newJob = () => farm.submit({ input, steps: { a: { kind: 'resize', width: 1 } } });

interface Stream {
  readonly response: Response;
  readonly events: { id: string; event: string; data: Json }[];
  readonly lines: string[];
  readonly ended: Promise<void>;
  stop(): void;
}

async function follow(jobId: string, headers: Record<string, string> = {}): Promise<Stream> {
  const controller = new AbortController();
  const response = await farm.raw(`/v1/jobs/${jobId}/events`, { headers, signal: controller.signal });
  const stream: Stream = {
    response,
    events: [],
    lines: [],
    ended: read().catch(ignoreAbort),
    stop: () => controller.abort(),
  };
  async function read(): Promise<void> {
    if (!response.body) return;
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() as string;
      for (const block of blocks) {
        stream.lines.push(...block.split('\n'));
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
        if (field('data')) {
          stream.events.push({
            id: field('id') as string,
            event: field('event') as string,
            data: JSON.parse(field('data') as string),
          });
        }
      }
    }
  }
  return stream;
}

function ignoreAbort(error: Error): void {
  if (error.name !== 'AbortError') throw error;
}

describe('events of a job', () => {
  test('all so far, then live, and the stream ends with the job', async () => {
    const job = await newJob();
    await farm.report(job.id, 'a', 'started');
    const stream = await follow(job.id);
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
    await until(() => stream.events.some(({ event }) => event === 'step.started'), 'the events so far');
    await farm.report(job.id, 'a', 'progress', { fraction: 0.5 });
    await until(() => stream.events.some(({ event }) => event === 'step.progress'), 'a live event');
    await farm.report(job.id, 'a', 'succeeded', { outputs: [], manifestKey: 'm' });
    await stream.ended;
    expect(stream.events.map(({ event }) => event)).toEqual([
      'job.accepted',
      'job.started',
      'step.started',
      'step.progress',
      'step.succeeded',
      'job.succeeded',
    ]);
    for (const { id, event, data } of stream.events) {
      expect(data).toMatchObject({ sequence: Number(id), type: event, data: { job: { id: job.id } } });
    }
    const sequences = stream.events.map(({ id }) => Number(id));
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
  });

  test('Last-Event-ID resumes behind it; after the last event there is nothing to reconnect for', async () => {
    const job = await newJob();
    await farm.report(job.id, 'a', 'started');
    await farm.report(job.id, 'a', 'failed', { error: { code: 'input_invalid', message: 'no picture' } });
    const all = await follow(job.id);
    await all.ended;
    const middle = all.events[1]?.id as string;
    const rest = await follow(job.id, { 'last-event-id': middle });
    await rest.ended;
    expect(rest.events).toEqual(all.events.slice(2));
    const last = all.events.at(-1)?.id as string;
    const over = await farm.call('GET', `/v1/jobs/${job.id}/events`, { headers: { 'last-event-id': last } });
    expect(over.status).toBe(204);
    expect((await farm.call('GET', `/v1/jobs/${job.id}/events`, { headers: { 'last-event-id': 'x' } })).status).toBe(
      422,
    );
  });

  test('a retried job goes on behind its first end', async () => {
    const job = await newJob();
    await farm.call('POST', `/v1/jobs/${job.id}/cancel`);
    await farm.call('POST', `/v1/jobs/${job.id}/retry`);
    const stream = await follow(job.id);
    await until(() => stream.events.some(({ event }) => event === 'job.cancelled'), 'the history');
    await farm.finish(job.id, 'a', { 'a.txt': text('x') });
    await stream.ended;
    expect(stream.events.at(-1)?.event).toBe('job.succeeded');
  });

  test('a silent stream has a heartbeat', async () => {
    const stream = await follow((await newJob()).id);
    await until(() => stream.lines.filter((line) => line === ': heartbeat').length >= 2, 'two heartbeats');
    expect(stream.lines[0]).toBe('retry: 3000');
    stream.stop();
    await stream.ended;
  });

  test('a hundred followers see the same, and their leaving leaves nothing behind', async () => {
    const job = await newJob();
    const streams = await Promise.all(Array.from({ length: 100 }, () => follow(job.id)));
    for (const stream of streams.slice(50)) stream.stop();
    await farm.finish(job.id, 'a', { 'a.txt': text('x') });
    await Promise.all(streams.slice(0, 50).map((stream) => stream.ended));
    for (const stream of streams.slice(0, 50)) expect(stream.events.at(-1)?.event).toBe('job.succeeded');
  });
});

describe('outputs', () => {
  const bytes = Buffer.from('0123456789');
  let job: Json;
  const at = (name: string, headers: Record<string, string> = {}, method = 'GET') =>
    farm.call(method, `/v1/jobs/${job.id}/outputs/a/${name}`, { headers });

  beforeAll(async () => {
    job = await newJob();
    await farm.finish(job.id, 'a', {
      'a.mp4': { content: bytes, mediaType: 'video/mp4' },
      '720p/seg_00001.m4s': { content: bytes, mediaType: 'video/iso.segment' },
      'bild ä".svg': { content: Buffer.from('<svg/>'), mediaType: 'image/svg+xml' },
      'empty.txt': { content: Buffer.alloc(0), mediaType: 'text/plain' },
    });
    job = (await farm.call('GET', `/v1/jobs/${job.id}`)).body;
  });

  test('the url of an output leads to its bytes, with what makes them harmless', async () => {
    for (const output of job.steps.a.outputs) {
      const answer = await farm.call('GET', output.url);
      expect([answer.status, Buffer.byteLength(answer.text)], output.name).toEqual([200, output.bytes]);
      expect(answer.headers.get('content-type')).toBe(output.mediaType);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toContain('sandbox');
      expect(answer.headers.get('accept-ranges')).toBe('bytes');
    }
    expect((await at('a.mp4')).headers.get('content-disposition')).toBe('inline; filename="a.mp4"');
    const svg = await at(encodeURIComponent('bild ä".svg'));
    expect(svg.headers.get('content-disposition')).toBe(
      `attachment; filename="bild __.svg"; filename*=UTF-8''bild%20%C3%A4%22.svg`,
    );
  });

  test('a name with slashes, as a relative link in a playlist makes it', async () => {
    const answer = await at('720p/seg_00001.m4s');
    expect(answer.text).toBe('0123456789');
    expect(answer.headers.get('content-disposition')).toContain('filename="seg_00001.m4s"');
  });

  test.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=0-1,4-5', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
    ['bytes=5-2', 200, '0123456789', null],
  ])('Range: %s', async (range, status, content, contentRange) => {
    const answer = await at('a.mp4', { range });
    expect([answer.status, answer.text, answer.headers.get('content-range')]).toEqual([status, content, contentRange]);
    expect(answer.headers.get('content-length')).toBe(String(content.length));
  });

  test('a range outside the file is 416 with its size', async () => {
    const answer = await at('a.mp4', { range: 'bytes=10-' });
    expect([answer.status, answer.headers.get('content-range'), answer.body.code]).toEqual([
      416,
      'bytes */10',
      'range_not_satisfiable',
    ]);
  });

  test('ETag, If-None-Match, If-Range and HEAD', async () => {
    const head = await at('a.mp4', {}, 'HEAD');
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '10']);
    const etag = head.headers.get('etag') as string;
    expect((await at('a.mp4', { 'if-none-match': etag })).status).toBe(304);
    expect((await at('a.mp4', { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206);
    expect((await at('a.mp4', { range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200);
  });

  test('what is not there is 404', async () => {
    expect((await at('b.mp4')).status).toBe(404);
    expect((await at('../../../etc/passwd')).status).toBe(404);
    expect((await at('%2e%2e%2fa.mp4')).status).toBe(404);
  });
});

test('a stop answers what waits, ends the streams with when to come back, and cuts nobody off', async () => {
  const own = await startApiUnderTest();
  const upload = await own.upload('a.txt', 'a');
  const job = await own.submit({ input: upload.id, steps: { a: { kind: 'resize', width: 1 } } });
  const stream = await own.raw(`/v1/jobs/${job.id}/events`);
  const waiting = own.call('GET', `/v1/jobs/${job.id}?wait=60`);
  const slow = connect(Number(new URL(own.address).port), '127.0.0.1');
  let answered = '';
  slow.on('data', (chunk) => {
    answered += chunk;
  });
  slow.write(
    `POST /v1/uploads?name=s HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${own.key}\r\nidempotency-key: s\r\ncontent-length: 4\r\n\r\nsl`,
  );
  await until(
    async () => (await own.database.query("select 1 from idempotency_keys where key = 's'")).rowCount === 1,
    'the upload to begin',
  );
  const closing = own.api.close();
  expect((await waiting).body.status).toBe('queued');
  expect(await stream.text()).toMatch(/retry: 1000\n\n$/);
  slow.write('ow');
  await until(() => answered.startsWith('HTTP/1.1 201'), 'the upload to be answered');
  slow.destroy();
  await closing;
  await expect(fetch(`${own.address}/healthz`)).rejects.toThrow();
  await own.close();
});
