import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { type CutProxy, proxyFor, through } from '../support/cut-proxy.ts';
import type { Json } from '../support/farm-client.ts';
import { until } from '../support/until.ts';
import { type ApiUnderTest, startApiUnderTest } from './api-under-test.ts';

let farm: ApiUnderTest;
beforeAll(async () => {
  farm = await startApiUnderTest();
});
afterAll(() => farm?.close());

async function talk(lines: string): Promise<{ status: number; body: Json }> {
  const socket = connect(Number(new URL(farm.address).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(lines);
  await until(() => /\r\n\r\n[\s\S]*\}$/.test(answer), 'an answer to a raw request');
  socket.destroy();
  return { status: Number(answer.split(' ')[1]), body: JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) };
}

describe('every error is a problem document', () => {
  test.each<[string, string, string, Record<string, unknown>, number, RegExp]>([
    ['an unknown route', 'GET', '/v2/jobs', {}, 404, /nothing at \/v2\/jobs/],
    ['an unknown route below /v1', 'GET', '/v1/job', {}, 404, /openapi/],
    ['an id that is none', 'GET', `/v1/jobs/${'x'.repeat(3000)}`, {}, 404, /longer than any id/],
    ['another method', 'PUT', '/v1/jobs', {}, 405, /GET, HEAD, POST/],
    ['another method on a path with an id', 'PATCH', '/v1/jobs/job_1', {}, 405, /not PATCH/],
    [
      'a form that is no form',
      'POST',
      '/v1/jobs',
      { body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      /application\/json/,
    ],
    ['no content type', 'POST', '/v1/jobs/batch', { body: new Blob(['[]']).stream() }, 415, /application\/json/],
    [
      'broken JSON',
      'POST',
      '/v1/jobs',
      { body: '{\n  "steps": {,}\n}', headers: { 'content-type': 'application/json' } },
      400,
      /unexpected "," at line 2, column 13/,
    ],
    [
      'JSON that ends early',
      'POST',
      '/v1/jobs',
      { body: '{"steps":', headers: { 'content-type': 'application/json' } },
      400,
      /ends too early/,
    ],
    ['no body', 'POST', '/v1/jobs', {}, 422, /expected/],
    ['a JSON body of 3 MB', 'POST', '/v1/jobs', { json: { a: 'x'.repeat(3_000_000) } }, 413, /larger/],
    ['a bad percent-encoding', 'GET', '/v1/jobs/%E0%A4%A', {}, 400, /percent-encoding/],
  ])('%s', async (_what, method, path, options, status, detail) => {
    const answer = await farm.call(method, path, options);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      status,
      detail: expect.stringMatching(detail),
      requestId: answer.headers.get('x-request-id'),
    });
    expect((await farm.call('GET', answer.body.type)).body.code).toBe(answer.body.code);
  });

  test('405 says which methods there are', async () => {
    expect((await farm.call('DELETE', '/v1/jobs/batch')).headers.get('allow')).toBe('POST');
  });

  test('headers too large, and what is not HTTP', async () => {
    const large = await talk(`GET /healthz HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect([large.status, large.body.code]).toEqual([431, 'headers_too_large']);
    const noise = await talk('HELLO\r\n\r\n');
    expect([noise.status, noise.body.code]).toEqual([400, 'malformed_request']);
  });

  test('a request id that is not fit for a log is replaced', async () => {
    const answer = await farm.call('GET', '/healthz', { headers: { 'x-request-id': 'a b"c' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
  });
});

describe('keys', () => {
  test.each<[string, string | null, string | undefined]>([
    ['none', null, undefined],
    ['a wrong one', 'mf_wrong_wrong_wrong', undefined],
    ['another scheme', null, 'Basic YTpi'],
  ])('%s: 401 that says how', async (_what, key, authorization) => {
    const answer = await farm.call('GET', '/v1/jobs', { key, headers: authorization ? { authorization } : {} });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="mediafarm"']);
  });

  test('a mistyped key is refused, the right one is not', async () => {
    const key = await farm.keyFor('typist');
    const wrong = `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;
    expect((await farm.call('GET', '/v1/jobs', { key: wrong })).status).toBe(401);
    expect((await farm.call('GET', '/v1/jobs', { key })).status).toBe(200);
    const { rows } = await farm.database.query("select secret_hash from api_keys where tenant = 'typist'");
    expect(rows[0].secret_hash.toString('latin1')).not.toContain(key);
  });
});

describe('webhooks', () => {
  test('endpoints are made, listed, read and deleted; the secret is shown once', async () => {
    const made = await farm.call('POST', '/v1/webhook-endpoints', {
      json: { url: 'https://example.com/hook', events: ['job.failed'] },
    });
    expect([made.status, made.headers.get('location')]).toEqual([201, `/v1/webhook-endpoints/${made.body.id}`]);
    expect(made.body.secret).toMatch(/^whsec_/);
    const read = await farm.call('GET', `/v1/webhook-endpoints/${made.body.id}`);
    expect(read.body).toMatchObject({ url: 'https://example.com/hook', events: ['job.failed'] });
    expect(read.text).not.toContain(made.body.secret);
    expect((await farm.call('GET', '/v1/webhook-endpoints')).body.data).toHaveLength(1);
    const key = await farm.keyFor('stranger');
    expect((await farm.call('DELETE', `/v1/webhook-endpoints/${made.body.id}`, { key })).status).toBe(404);
    expect((await farm.call('DELETE', `/v1/webhook-endpoints/${made.body.id}`)).status).toBe(204);
    expect((await farm.call('GET', `/v1/webhook-endpoints/${made.body.id}`)).status).toBe(404);
  });

  test('bad ones are refused with the place', async () => {
    const refused = await farm.call('POST', '/v1/webhook-endpoints', {
      json: { url: 'http://192.168.0.1/', events: ['job.sucks'] },
    });
    expect(refused.body.errors.map((fault: Json) => fault.pointer)).toEqual(['/url', '/events/0']);
    expect((await farm.call('POST', '/v1/webhook-endpoints', { json: { url: 'ftp://example.com' } })).status).toBe(422);
    expect((await farm.call('POST', '/v1/webhook-endpoints', { json: {} })).body.errors[0].pointer).toBe('/url');
  });

  test('the account secret stays the same', async () => {
    const first = await farm.call('GET', '/v1/webhook-secret');
    expect(first.body.secret).toMatch(/^whsec_/);
    expect((await farm.call('GET', '/v1/webhook-secret')).body).toEqual(first.body);
  });

  test('deliveries can be listed and sent again', async () => {
    const upload = await farm.upload('a.txt', 'a');
    const job = await farm.submit({
      input: upload.id,
      steps: { a: { kind: 'resize', width: 1 } },
      webhook: { url: 'https://example.com/x' },
    });
    await farm.call('POST', `/v1/jobs/${job.id}/cancel`);
    const { body } = await farm.call('GET', `/v1/webhook-deliveries?job=${job.id}`);
    expect(body.data).toMatchObject([
      { jobId: job.id, eventType: 'job.cancelled', status: 'pending', endpointId: null },
    ]);
    expect((await farm.call('POST', `/v1/webhook-deliveries/${body.data[0].id}/retry`)).status).toBe(202);
    expect((await farm.call('POST', '/v1/webhook-deliveries/dlv_none/retry')).status).toBe(404);
  });
});

describe('operators', () => {
  test('healthz, readyz and metrics need no key', async () => {
    expect((await farm.call('GET', '/healthz', { key: null })).body).toEqual({ status: 'ok' });
    const ready = await farm.call('GET', '/readyz', { key: null });
    expect([ready.status, ready.body.checks.map((check: Json) => check.name)]).toEqual([
      200,
      ['ledger', 'broker', 'store'],
    ]);
    const metrics = await farm.call('GET', '/metrics', { key: null });
    expect(metrics.text).toMatch(
      /farm_http_request_duration_seconds_count\{method="GET",route="\/v1\/jobs\/:id",status="200"\}|route="\/healthz"/,
    );
    for (const name of [
      'farm_jobs_open',
      'farm_steps_open',
      'farm_oldest_undispatched_seconds',
      'farm_deliveries_pending',
      'farm_queue_ready',
    ]) {
      expect(metrics.text).toContain(`# TYPE ${name} gauge`);
    }
    expect(metrics.text).toMatch(/farm_queue_ready\{queue="farm.v1.work.resize.std"\} \d/);
  });
});

async function cancelJob(own: ApiUnderTest, id: string): Promise<void> {
  const { rows } = await own.database.query('select tenant from jobs where id = $1', [id]);
  await own.call('POST', `/v1/jobs/${id}/cancel`, { key: await own.keyFor(rows[0].tenant) });
}

describe('back pressure', () => {
  test('per tenant 429, for the farm 503, with when to come back, before the body is read', async () => {
    const small = await startApiUnderTest({ config: { tenantBacklog: 2, farmBacklog: 3 } });
    try {
      const upload = await small.upload('a.txt', 'a');
      const json = { input: upload.id, steps: { a: { kind: 'resize', width: 1 }, b: { kind: 'resize', width: 2 } } };
      await small.submit(json);
      const tenant = await small.call('POST', '/v1/jobs', { json });
      expect([tenant.status, tenant.body.code, tenant.body.retryable]).toEqual([429, 'too_many_requests', true]);
      expect(Number(tenant.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await small.call('POST', '/v1/jobs/batch', { json: [json] })).status).toBe(429);
      const socket = connect(Number(new URL(small.address).port), '127.0.0.1');
      const first = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));
      socket.write(
        `POST /v1/jobs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${small.key}\r\ncontent-type: application/json\r\ncontent-length: 900000\r\n\r\n`,
      );
      expect(await first).toMatch(/^HTTP\/1.1 429/);
      socket.destroy();
      // Each from a tenant of its own, so that only the farm can be full. Its count is up to two seconds old.
      let count = 0;
      const full = await until(async () => {
        count += 1;
        const key = await small.keyFor(`tenant-${count}`);
        const own = (await small.call('POST', '/v1/uploads?name=b', { key, body: 'b' })).body.id;
        const one = { input: own, steps: { a: { kind: 'resize', width: 1 } } };
        const answer = await small.call('POST', '/v1/jobs', { key, json: one });
        return answer.status !== 202 && answer;
      }, 'the farm to be full');
      expect(full.status).toBe(503);
      expect(full.headers.get('retry-after')).toMatch(/^\d+$/);
      for (const { id } of (await small.database.query('select id from jobs')).rows) await cancelJob(small, id);
      await until(async () => (await small.call('POST', '/v1/jobs', { json })).status === 202, 'room again');
    } finally {
      await small.close();
    }
  });
});

test('a batch, or many jobs at once, end at the limit: who finds no room is told so', async () => {
  const small = await startApiUnderTest({ config: { tenantBacklog: 5 } });
  try {
    const upload = await small.upload('a.txt', 'a');
    const one = { input: upload.id, steps: { a: { kind: 'resize', width: 1 } } };
    const key = await small.keyFor('crowd');
    const theirs = { ...one, input: (await small.call('POST', '/v1/uploads?name=b', { key, body: 'b' })).body.id };
    const batch = await small.call('POST', '/v1/jobs/batch', { json: Array.from({ length: 8 }, () => one) });
    const items: { status: number; problem?: { code: string } }[] = batch.body.data;
    expect(items.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 429, 429, 429]);
    expect(items[5]?.problem).toMatchObject({ code: 'too_many_requests', retryable: true });
    const send = () => small.call('POST', '/v1/jobs', { key, json: theirs });
    const crowd = (await Promise.all(Array.from({ length: 12 }, send))).map(({ status }) => status);
    expect(new Set(crowd)).toEqual(new Set([202, 429]));
    expect(crowd.filter((status) => status === 202).length).toBeLessThanOrEqual(5);
  } finally {
    await small.close();
  }
});

describe('bad days', () => {
  test('ledger away: 503, and it goes on by itself when it is back', async () => {
    let proxy: CutProxy | undefined;
    const own = await startApiUnderTest({
      through: async (url) => {
        proxy = await proxyFor(url);
        return through(proxy, url);
      },
    });
    try {
      const upload = await own.upload('a.txt', 'a');
      const json = { input: upload.id, steps: { a: { kind: 'resize', width: 1 } } };
      proxy?.cut();
      const refused = await own.call('POST', '/v1/jobs', { json });
      expect([refused.status, refused.body.code]).toEqual([503, 'ledger_unavailable']);
      expect(refused.headers.get('retry-after')).toBe('5');
      expect((await own.call('POST', '/v1/uploads?name=b', { body: 'b' })).status).toBe(503);
      const ready = await own.call('GET', '/readyz');
      expect([ready.status, ready.body.checks[0]]).toEqual([
        503,
        { name: 'ledger', ok: false, reason: expect.stringContaining('PostgreSQL') },
      ]);
      expect((await own.call('GET', '/healthz')).status).toBe(200);
      proxy?.restore();
      await until(
        async () => (await own.call('POST', '/v1/jobs', { json })).status === 202,
        'the ledger to be used again',
      );
      expect((await own.database.query('select count(*)::int as n from jobs')).rows[0].n).toBe(1);
    } finally {
      await own.close();
      await proxy?.close();
    }
  });

  test('store away: uploads are 503 and nothing is written down', async () => {
    const away = async () => {
      throw new AppError('store_unavailable', 'The object store cannot be reached.', {
        retryable: true,
        retryAfterSeconds: 5,
      });
    };
    const own = await startApiUnderTest({
      store: (given): ObjectStore => ({
        ...given,
        put: away,
        head: away,
        health: async () => ({ name: 'store', ok: false, reason: 'unplugged' }),
      }),
    });
    try {
      const refused = await own.call('POST', '/v1/uploads?name=a', { body: 'a', headers: { 'idempotency-key': 'u' } });
      expect([refused.status, refused.body.code]).toEqual([503, 'store_unavailable']);
      expect((await own.database.query('select 1 from uploads')).rowCount).toBe(0);
      expect((await own.call('GET', '/readyz')).body.checks[2]).toEqual({
        name: 'store',
        ok: false,
        reason: 'unplugged',
      });
      expect((await own.database.query('select 1 from idempotency_keys')).rowCount).toBe(0);
    } finally {
      await own.close();
    }
  });

  test('broker away: jobs are accepted and wait, readyz says why', async () => {
    const own = await startApiUnderTest({ busUrl: 'amqp://guest:guest@127.0.0.1:1' });
    try {
      const upload = await own.upload('a.txt', 'a');
      const job = await own.submit({ input: upload.id, steps: { a: { kind: 'resize', width: 1 } } });
      expect(job.status).toBe('queued');
      const ready = await own.call('GET', '/readyz');
      expect(ready.status).toBe(503);
      expect(ready.body.checks[1]).toMatchObject({ name: 'broker', ok: false, reason: expect.stringMatching(/./) });
      const { rows } = await own.database.query('select dispatched_at from steps');
      expect(rows).toEqual([{ dispatched_at: null }]);
    } finally {
      await own.close();
    }
  });
});
