import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queues, workQueue } from '../../shared/queue/topology.ts';
import type { Json } from '../support/farm-client.ts';
import { until } from '../support/until.ts';
import { type ApiUnderTest, startApiUnderTest } from './api-under-test.ts';

let farm: ApiUnderTest;
let upload: Json;
beforeAll(async () => {
  farm = await startApiUnderTest({
    kinds: new Map([
      ['transcode', { available: false, reason: 'ffmpeg is not installed; run apt-get install ffmpeg' }],
    ]),
  });
  upload = await farm.upload('photo.txt', 'a few words');
});
afterAll(() => farm?.close());

const resize = { kind: 'resize', width: 320 };

async function faultsOf(job: unknown): Promise<Record<string, string>> {
  const answer = await farm.call('POST', '/v1/jobs', { json: job });
  expect(answer.status, answer.text).toBe(422);
  return Object.fromEntries((answer.body.errors ?? []).map((fault: Json) => [fault.pointer, fault.detail]));
}

describe('submitting a job', () => {
  test('answers 202 with the job and where it is, and the work is with the broker', async () => {
    const answer = await farm.call('POST', '/v1/jobs', {
      json: { input: upload.id, steps: { thumb: resize }, metadata: { order: '42' } },
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/v1/jobs/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      status: 'queued',
      metadata: { order: '42' },
      inputs: { input: { name: 'photo.txt', bytes: 11, mediaType: 'text/plain' } },
      steps: { thumb: { kind: 'resize', status: 'queued', outputs: [], error: null } },
    });
    const waiting = () => farm.bus.depth(workQueue('resize', 'std'));
    await until(async () => (await waiting()).ready > 0, 'the step to reach the broker');
  });

  test('all the forms of an input and of use', async () => {
    await farm.store.put('shared/logo.png', Buffer.from('logo'), { mediaType: 'image/png' });
    const job = await farm.submit({
      inputs: {
        a: upload.id,
        b: { upload: upload.id },
        c: { url: 'https://example.com/pictures/caf%C3%A9.jpg?size=1' },
        d: { key: 'shared/logo.png' },
      },
      steps: {
        one: { ...resize, use: 'a' },
        two: { ...resize, use: ['c'] },
        sheet: { kind: 'pdf', layout: 'contact-sheet', use: ['one', 'two/two.jpg', 'd', 'b'] },
      },
      priority: 'low',
      runAt: '2026-12-24T18:00:00+01:00',
      webhook: { url: 'https://example.com/hooks', events: ['job.succeeded'] },
    });
    expect(job.inputs.c).toMatchObject({ name: 'café.jpg', bytes: null, mediaType: null });
    expect(job.inputs.d).toMatchObject({ name: 'logo.png', bytes: 4 });
    expect(job).toMatchObject({ priority: 'low', runAt: '2026-12-24T17:00:00.000Z' });
    expect(job.steps.sheet.status).toBe('waiting');
  });

  test('carries the request id and the trace into the ledger', async () => {
    const trace = 'a'.repeat(32);
    const answer = await farm.call('POST', '/v1/jobs', {
      json: { input: upload.id, steps: { a: resize } },
      headers: { 'x-request-id': 'order-42', traceparent: `00-${trace}-${'b'.repeat(16)}-01` },
    });
    expect(answer.headers.get('x-request-id')).toBe('order-42');
    const { rows } = await farm.database.query('select traceparent, request_id from jobs where id = $1', [
      answer.body.id,
    ]);
    expect(rows[0].request_id).toBe('order-42');
    expect(rows[0].traceparent).toMatch(new RegExp(`^00-${trace}-(?!b{16})`));
  });
});

describe('a job that cannot run is a 422 that names the place', () => {
  const input = () => upload.id;
  test.each<[string, (id: string) => unknown, Record<string, RegExp>]>([
    [
      'a field nobody knows',
      (id) => ({ input: id, stepz: {}, steps: { a: resize } }),
      { '/stepz': /did you mean "steps"/ },
    ],
    ['no steps', (id) => ({ input: id, steps: {} }), { '/steps': /at least one step/ }],
    ['not an object', () => [], { '': /./ }],
    [
      'a kind nobody knows',
      (id) => ({ input: id, steps: { a: { kind: 'resise' } } }),
      { '/steps/a/kind': /did you mean "resize"/ },
    ],
    [
      'a param with a typo',
      (id) => ({ input: id, steps: { a: { kind: 'resize', widht: 3 } } }),
      { '/steps/a/widht': /did you mean "width"/ },
    ],
    [
      'a param of the wrong type',
      (id) => ({ input: id, steps: { a: { kind: 'resize', width: 'wide' } } }),
      { '/steps/a/width': /number/ },
    ],
    [
      'a choice with a typo',
      (id) => ({ input: id, steps: { a: { ...resize, fit: 'covre' } } }),
      { '/steps/a/fit': /did you mean "cover"/ },
    ],
    [
      'deep inside',
      (id) => ({ input: id, steps: { a: { kind: 'resize', renditions: { s: { wdth: 1 } } } } }),
      { '/steps/a/renditions/s/wdth': /did you mean "width"/ },
    ],
    [
      'a step name that is none',
      (id) => ({ input: id, steps: { 'a b': resize } }),
      { '/steps/a b': /letters, digits/ },
    ],
    [
      'a reference to nothing',
      (id) => ({ input: id, steps: { thumb: resize, b: { ...resize, use: 'thmb' } } }),
      { '/steps/b/use': /did you mean "thumb"/ },
    ],
    [
      'an output of no step',
      (id) => ({ input: id, steps: { a: resize, b: { ...resize, use: ['x/y.png'] } } }),
      { '/steps/b/use/0': /neither an input nor a step/ },
    ],
    ['itself', (id) => ({ input: id, steps: { a: { ...resize, use: 'a' } } }), { '/steps/a/use': /itself/ }],
    [
      'a circle',
      (id) => ({
        input: id,
        steps: { a: { ...resize, use: 'b' }, b: { ...resize, use: 'c/x' }, c: { ...resize, use: 'a' } },
      }),
      { '/steps/a/use': /a → b → c → a/ },
    ],
    ['no input at all', () => ({ steps: { a: resize } }), { '/steps/a': /"input" by default/ }],
    [
      'too many inputs',
      (id) => ({
        inputs: Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`i${i}`, id])),
        steps: { a: { ...resize, use: Array.from({ length: 12 }, (_, i) => `i${i}`) } },
      }),
      { '/steps/a/use': /at most 11/ },
    ],
    [
      'input twice',
      (id) => ({ input: id, inputs: { input: id }, steps: { a: resize } }),
      { '/inputs/input': /given twice/ },
    ],
    [
      'one name for two things',
      (id) => ({ inputs: { a: id }, steps: { a: { ...resize, use: 'a' } } }),
      { '/steps/a': /share one set of names/ },
    ],
    [
      'an upload that is not there',
      () => ({ input: 'up_01ARZ3NDEKTSV4RRFFQ69G5FAV', steps: { a: resize } }),
      { '/input': /no upload up_01ARZ/ },
    ],
    [
      'an address as an upload',
      () => ({ input: 'https://example.com/a.png', steps: { a: resize } }),
      { '/input': /\{"url"/ },
    ],
    [
      'an object that is not there',
      () => ({ inputs: { input: { key: 'nowhere' } }, steps: { a: resize } }),
      { '/inputs/input': /no such object/ },
    ],
    [
      'an object of somebody else',
      () => ({ input: { key: 'uploads/other/up_1' }, steps: { a: resize } }),
      { '/input': /no such object/ },
    ],
    [
      'a private address',
      () => ({ input: { url: 'http://169.254.169.254/latest' }, steps: { a: resize } }),
      { '/input': /private/ },
    ],
    [
      'a private webhook',
      (id) => ({ input: id, steps: { a: resize }, webhook: { url: 'http://10.0.0.1/', events: ['job.suceeded'] } }),
      { '/webhook/url': /private/, '/webhook/events/0': /did you mean "job.succeeded"/ },
    ],
    [
      'an odd priority',
      (id) => ({ input: id, steps: { a: resize }, priority: 'urgent' }),
      { '/priority': /high, normal, low/ },
    ],
    ['an odd time', (id) => ({ input: id, steps: { a: resize }, runAt: 'tomorrow' }), { '/runAt': /./ }],
    ['a far time', (id) => ({ input: id, steps: { a: resize }, runAt: '2099-01-01T00:00:00Z' }), { '/runAt': /days/ }],
    [
      'metadata that is no text',
      (id) => ({ input: id, steps: { a: resize }, metadata: { n: 1 } }),
      { '/metadata/n': /string/ },
    ],
    [
      'a kind this farm cannot run',
      (id) => ({ input: id, steps: { a: { kind: 'transcode', preset: 'mp4-720p' } } }),
      { '/steps/a/kind': /apt-get install ffmpeg/ },
    ],
  ])('%s', async (_what, make, expected) => {
    const faults = await faultsOf(make(input()));
    for (const [pointer, pattern] of Object.entries(expected))
      expect(faults, JSON.stringify(faults)).toHaveProperty([pointer], expect.stringMatching(pattern));
  });

  test('all faults at once', async () => {
    const faults = await faultsOf({ input: upload.id, steps: { a: { kind: 'resize', widht: 1 }, b: { kind: 'pfd' } } });
    expect(Object.keys(faults)).toEqual(['/steps/a/widht', '/steps/b/kind']);
  });
});

describe('everything in one request', () => {
  function form(job: unknown, files: Readonly<Record<string, string>>): FormData {
    const data = new FormData();
    data.append('job', typeof job === 'string' ? job : JSON.stringify(job));
    for (const [name, content] of Object.entries(files)) data.append(name, new File([content], `${name}.txt`));
    return data;
  }

  test('the job first, then the files under the names of their inputs', async () => {
    const job = { steps: { sheet: { kind: 'pdf', layout: 'document', use: ['input', 'second'] } } };
    const answer = await farm.call('POST', '/v1/jobs', { body: form(job, { input: 'one', second: 'two!' }) });
    expect(answer.status, answer.text).toBe(202);
    expect(answer.body.inputs).toMatchObject({
      input: { name: 'input.txt', bytes: 3 },
      second: { name: 'second.txt', bytes: 4 },
    });
    const uploads = await farm.database.query("select id from uploads where name in ('input.txt', 'second.txt')");
    expect(uploads.rowCount).toBe(2);
  });

  test('a faulty job costs no upload, and a fault found late leaves none', async () => {
    const before = await farm.database.query('select count(*)::int as n from uploads');
    const unknownKind = await farm.call('POST', '/v1/jobs', {
      body: form({ steps: { a: { kind: 'x' } } }, { input: 'a' }),
    });
    expect(unknownKind.body.errors[0].pointer).toBe('/steps/a/kind');
    const unknownUse = await farm.call('POST', '/v1/jobs', { body: form({ steps: { a: resize } }, { other: 'a' }) });
    expect(unknownUse.status).toBe(422);
    expect(unknownUse.body.errors[0].detail).toContain('other');
    const twice = await farm.call('POST', '/v1/jobs', {
      body: form({ input: upload.id, steps: { a: resize } }, { input: 'a' }),
    });
    expect(twice.body.errors[0]).toMatchObject({ pointer: '/input', detail: expect.stringContaining('twice') });
    expect((await farm.database.query('select count(*)::int as n from uploads')).rows).toEqual(before.rows);
    const keys = [];
    for await (const object of farm.store.list('uploads/')) keys.push(object.key);
    expect(keys).toHaveLength(before.rows[0].n);
  });

  test('files before the job, no job, and a job that is not JSON', async () => {
    const late = new FormData();
    late.append('input', new File(['a'], 'a.txt'));
    late.append('job', '{}');
    expect((await farm.call('POST', '/v1/jobs', { body: late })).body.errors[0].detail).toContain('must come first');
    const none = new FormData();
    none.append('job', '{"steps": nope}');
    const broken = await farm.call('POST', '/v1/jobs', { body: none });
    expect(broken.status).toBe(400);
    expect(broken.body.detail).toContain('line 1, column 12');
    const typed = new FormData();
    typed.append('job', new Blob(['{"steps": nope}'], { type: 'application/json' }));
    typed.append('input', new File(['a'], 'a.txt'));
    expect((await farm.call('POST', '/v1/jobs', { body: typed })).body.detail).toContain('line 1, column 12');
    const declared =
      '--x\r\ncontent-disposition: form-data; name="job"\r\ncontent-type: application/json\r\n\r\n{"a\r\n';
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const field = await farm.call('POST', '/v1/jobs', { body: `${declared}--x--\r\n`, headers });
    expect(field.body.detail).toContain('ends too early at line 1, column 4');
  });
});

describe('many jobs at once', () => {
  test('answers per job, in order; the good ones are accepted', async () => {
    const good = { input: upload.id, steps: { a: resize } };
    const answer = await farm.call('POST', '/v1/jobs/batch', {
      json: { jobs: [good, { steps: {} }, good, { input: 'up_0', steps: { a: resize } }] },
    });
    expect(answer.status).toBe(200);
    expect(answer.body.data.map((item: Json) => item.status)).toEqual([202, 422, 202, 422]);
    expect(answer.body.data[1].problem.errors[0].pointer).toBe('/steps');
    for (const index of [0, 2])
      expect((await farm.call('GET', `/v1/jobs/${answer.body.data[index].job.id}`)).status).toBe(200);
  });

  test('a thousand, and no more', async () => {
    const good = { input: upload.id, steps: { a: resize } };
    const full = await farm.call('POST', '/v1/jobs/batch', { json: Array.from({ length: 1000 }, () => good) });
    expect(full.body.data.filter((item: Json) => item.status === 202)).toHaveLength(1000);
    expect(new Set(full.body.data.map((item: Json) => item.job.id)).size).toBe(1000);
    const over = await farm.call('POST', '/v1/jobs/batch', {
      json: { jobs: Array.from({ length: 1001 }, () => good) },
    });
    expect(over.status).toBe(422);
    expect((await farm.call('POST', '/v1/jobs/batch', { json: { jobs: [] } })).status).toBe(422);
  });
});

describe('the same request twice', () => {
  const headers = (key: string) => ({ 'idempotency-key': key });

  test('gets the first answer; the order of properties does not count, the content does', async () => {
    const job = { input: upload.id, steps: { a: resize } };
    const first = await farm.call('POST', '/v1/jobs', { json: job, headers: headers('k1') });
    const again = await farm.call('POST', '/v1/jobs', {
      json: { steps: job.steps, input: job.input },
      headers: headers('k1'),
    });
    expect(again.status).toBe(202);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([
      null,
      'true',
    ]);
    const other = await farm.call('POST', '/v1/jobs', { json: { ...job, priority: 'low' }, headers: headers('k1') });
    expect([other.status, other.body.code]).toEqual([422, 'idempotency_conflict']);
    const elsewhere = await farm.call('POST', '/v1/jobs/batch', { json: [job], headers: headers('k1') });
    expect(elsewhere.body.code).toBe('idempotency_conflict');
  });

  test('a key belongs to its tenant', async () => {
    const mine = await farm.call('POST', '/v1/webhook-endpoints', {
      json: { url: 'https://example.com/a' },
      headers: headers('k2'),
    });
    const key = await farm.keyFor('neighbour');
    const theirs = await farm.call('POST', '/v1/webhook-endpoints', {
      key,
      json: { url: 'https://example.com/a' },
      headers: headers('k2'),
    });
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  test('uploads and forms too, by their content', async () => {
    const send = (content: string, key: string) =>
      farm.call('POST', '/v1/uploads?name=a.txt', {
        body: content,
        headers: { ...headers(key), 'content-type': 'text/plain' },
      });
    const first = await send('hello', 'k3');
    expect((await send('hello', 'k3')).text).toBe(first.text);
    expect((await send('other', 'k3')).status).toBe(422);
    const form = (content: string) => {
      const data = new FormData();
      data.append('job', JSON.stringify({ steps: { a: resize } }));
      data.append('input', new File([content], 'a.txt'));
      return data;
    };
    const job = await farm.call('POST', '/v1/jobs', { body: form('x'), headers: headers('k4') });
    const same = await farm.call('POST', '/v1/jobs', { body: form('x'), headers: headers('k4') });
    expect(same.text).toBe(job.text);
    expect((await farm.call('POST', '/v1/jobs', { body: form('y'), headers: headers('k4') })).status).toBe(422);
  });

  test('while the first one still runs: 409; a refused one leaves the key free', async () => {
    const socket = connect(Number(new URL(farm.address).port), '127.0.0.1');
    socket.write(
      `POST /v1/uploads?name=slow HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${farm.key}\r\nidempotency-key: k5\r\ncontent-length: 9\r\n\r\nslow`,
    );
    await until(
      async () => (await farm.database.query("select 1 from idempotency_keys where key = 'k5'")).rowCount === 1,
      'the first to begin',
    );
    const early = await farm.call('POST', '/v1/uploads?name=slow', { body: 'slow file', headers: headers('k5') });
    expect([early.status, early.body.code, early.headers.get('retry-after')]).toEqual([
      409,
      'idempotency_in_progress',
      '1',
    ]);
    socket.write(' file');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    const late = await farm.call('POST', '/v1/uploads?name=slow', { body: 'slow file', headers: headers('k5') });
    expect([late.status, late.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect((await farm.call('POST', '/v1/jobs', { json: { steps: {} }, headers: headers('k6') })).status).toBe(422);
    expect(
      (
        await farm.call('POST', '/v1/jobs', {
          json: { input: upload.id, steps: { a: resize } },
          headers: headers('k6'),
        })
      ).status,
    ).toBe(202);
  });

  test('a first request that crashed does not block its key for ever; after a day the key is new', async () => {
    const job = { input: upload.id, steps: { a: resize } };
    await farm.database.query(
      "insert into idempotency_keys (tenant, key, route, request_hash, owner, lease_until) values ('default', 'k7', 'POST /v1/jobs', '', 'dead', now() - interval '1 second')",
    );
    const first = await farm.call('POST', '/v1/jobs', { json: job, headers: headers('k7') });
    expect(first.status).toBe(202);
    await farm.database.query("update idempotency_keys set created_at = now() - interval '25 hours' where key = 'k7'");
    const nextDay = await farm.call('POST', '/v1/jobs', { json: { ...job, priority: 'low' }, headers: headers('k7') });
    expect([nextDay.status, nextDay.headers.get('idempotency-replayed')]).toEqual([202, null]);
  });

  test('two at the very same moment make one job', async () => {
    const job = { input: upload.id, steps: { a: resize } };
    const send = () => farm.call('POST', '/v1/jobs', { json: job, headers: headers('k8') });
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    const ids = new Set(answers.filter((answer) => answer.status === 202).map((answer) => answer.body.id));
    expect(ids.size).toBe(1);
    expect(answers.every((answer) => [202, 409].includes(answer.status))).toBe(true);
  });
});

describe('following a job', () => {
  test('ETag and 304 until it changes', async () => {
    const job = await farm.submit({ input: upload.id, steps: { a: resize } });
    const first = await farm.call('GET', `/v1/jobs/${job.id}`);
    const etag = first.headers.get('etag') as string;
    const same = await farm.call('GET', `/v1/jobs/${job.id}`, { headers: { 'if-none-match': etag } });
    expect([same.status, same.text]).toEqual([304, '']);
    await farm.report(job.id, 'a', 'started');
    const changed = await farm.call('GET', `/v1/jobs/${job.id}`, { headers: { 'if-none-match': etag } });
    expect(changed.body.status).toBe('running');
  });

  test('wait answers when the job ends, or after that many seconds', async () => {
    const job = await farm.submit({ input: upload.id, steps: { a: resize } });
    const started = performance.now();
    const short = await farm.call('GET', `/v1/jobs/${job.id}?wait=1`);
    expect(short.body.status).toBe('queued');
    expect(performance.now() - started).toBeGreaterThan(990);
    const waiting = farm.call('GET', `/v1/jobs/${job.id}?wait=60`);
    await farm.finish(job.id, 'a', { 'a.txt': { content: Buffer.from('done'), mediaType: 'text/plain' } });
    expect((await waiting).body).toMatchObject({
      status: 'succeeded',
      steps: { a: { outputs: [{ name: 'a.txt', bytes: 4 }] } },
    });
    expect(performance.now() - started).toBeLessThan(20_000);
    expect((await farm.call('GET', `/v1/jobs/${job.id}?wait=61`)).status).toBe(422);
    expect((await farm.call('GET', `/v1/jobs/${job.id}?wiat=1`)).body.errors[0].detail).toContain(
      'did you mean "wait"',
    );
  });

  test('lists newest first, page by page, with filters', async () => {
    const key = await farm.keyFor('lister');
    const own = await farm.call('POST', '/v1/uploads?name=a.txt', { key, body: 'a' });
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const kind = count === 2 ? { kind: 'pdf', layout: 'document' } : resize;
      const made = await farm.call('POST', '/v1/jobs', { key, json: { input: own.body.id, steps: { a: kind } } });
      ids.unshift(made.body.id);
    }
    await farm.call('POST', `/v1/jobs/${ids[0]}/cancel`, { key });
    const seen: string[] = [];
    let next: string | null = '/v1/jobs?limit=2';
    while (next !== null) {
      const page: Json = (await farm.call('GET', next, { key })).body;
      expect(page.hasMore).toBe(page.nextCursor !== null);
      seen.push(...page.data.map((job: Json) => job.id));
      next = page.nextCursor && `/v1/jobs?limit=2&after=${encodeURIComponent(page.nextCursor)}`;
    }
    expect(seen).toEqual(ids);
    const idsOf = async (query: string) =>
      (await farm.call('GET', `/v1/jobs?${query}`, { key })).body.data.map((job: Json) => job.id);
    expect(await idsOf('status=cancelled')).toEqual([ids[0]]);
    expect(await idsOf('kind=pdf')).toEqual([ids[2]]);
    for (const wrong of ['limit=0', 'limit=101', 'status=done', 'page=2', 'after=%00', 'after=nonsense']) {
      expect((await farm.call('GET', `/v1/jobs?${wrong}`, { key })).status, wrong).toBe(
        wrong === 'after=%00' ? 400 : 422,
      );
    }
  });

  test('cancel is idempotent and is broadcast to the workers; retry opens a job again', async () => {
    const heard: Json[] = [];
    const listener = farm.bus.listen('farm.control', '#', (body) => heard.push(body));
    const job = await farm.submit({ input: upload.id, steps: { a: resize }, priority: 'high' });
    const handedOver = () =>
      farm.database.query('select 1 from steps where job_id = $1 and dispatched_at is not null', [job.id]);
    await until(async () => (await handedOver()).rowCount === 1, 'the step to be handed to the broker');
    const cancelled = await farm.call('POST', `/v1/jobs/${job.id}/cancel`);
    expect([cancelled.status, cancelled.body.status]).toEqual([202, 'cancelled']);
    await until(
      () => heard.some((message) => message.what === 'cancel' && message.job === job.id),
      'the broadcast of the cancel',
    );
    expect(
      (await farm.call('POST', `/v1/jobs/${job.id}/cancel`, { headers: { 'content-type': 'application/json' } }))
        .status,
    ).toBe(202);
    const retried = await farm.call('POST', `/v1/jobs/${job.id}/retry`);
    expect([retried.status, retried.body.steps.a.status]).toEqual([202, 'queued']);
    expect((await farm.call('POST', `/v1/jobs/${job.id}/retry`)).status).toBe(409);
    await listener.stop();
  });

  test('what is not there, or not yours, is 404', async () => {
    const job = await farm.submit({ input: upload.id, steps: { a: resize } });
    const key = await farm.keyFor('stranger');
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/cancel'],
      ['POST', '/retry'],
      ['GET', '/events'],
      ['GET', '/outputs/a/a.txt'],
    ] as const) {
      expect((await farm.call(method, `/v1/jobs/${job.id}${path}`, { key })).status, path).toBe(404);
      expect((await farm.call(method, `/v1/jobs/nope${path}`)).status, path).toBe(404);
    }
  });
});

test('nothing was dead-lettered on the way', async () => {
  expect((await farm.bus.depth(queues.dead)).ready).toBe(0);
});
