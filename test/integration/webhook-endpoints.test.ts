/** The api and a notifier on one ledger, receivers that verify with the reference libraries: what a customer does with endpoints. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { defaultNotifierConfig, type NotifierConfig } from '../../services/notifier/config.ts';
import { startNotifier } from '../../services/notifier/start-notifier.ts';
import { clean } from '../../services/orchestrator/clean.ts';
import { defaultOrchestratorConfig } from '../../services/orchestrator/config.ts';
import type { Json } from '../support/farm-client.ts';
import { type ApiUnderTest, startApiUnderTest } from './api-under-test.ts';

const patience = { timeout: 20_000, interval: 20 };
const endpoints = '/v1/webhook-endpoints';

let farm: ApiUnderTest;
const closers: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  farm = await startApiUnderTest();
  closers.push(() => farm.close());
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

async function receiver(answer: (response: ServerResponse) => void = (response) => response.writeHead(204).end()) {
  const received: Received[] = [];
  const state = { answer };
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers as Record<string, string>, body: await text(request) });
    state.answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, state };
}

/** Whether both reference libraries take it for genuine. */
function verifies({ headers, body }: Received, secret: string): boolean {
  const verdicts = [Webhook, SvixWebhook].map((Library) => {
    try {
      new Library(secret).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  });
  expect(verdicts[0]).toBe(verdicts[1]);
  return verdicts[0] as boolean;
}

async function notifier(config: Partial<NotifierConfig> = {}) {
  const lines: Json[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const settings = { ...defaultNotifierConfig, pollEveryMs: 20, outboundAllowCidrs: ['127.0.0.0/8'], ...config };
  const part = await startNotifier(settings, { database: farm.database, log });
  closers.push(() => part.close());
  return { lines, stop: () => part.close() };
}

async function make(body: Json): Promise<Json> {
  const made = await farm.call('POST', endpoints, { json: body });
  expect(made.status, made.text).toBe(201);
  return made.body;
}

async function change(id: string, body: Json): Promise<Json> {
  const changed = await farm.call('PATCH', `${endpoints}/${id}`, { json: body });
  expect(changed.status, changed.text).toBe(200);
  expect((await farm.call('GET', `${endpoints}/${id}`)).body).toEqual(changed.body);
  return changed.body;
}

/** Ends a job: `job.cancelled`. @returns its id */
async function endJob(webhook?: Json): Promise<string> {
  const input = (await farm.upload('a.txt', 'a')).id;
  const job = await farm.submit({ input, steps: { a: { kind: 'resize', width: 1 } }, ...(webhook && { webhook }) });
  await farm.call('POST', `/v1/jobs/${job.id}/cancel`);
  return job.id;
}

const deliveriesOf = async (job: string): Promise<Json[]> =>
  (await farm.call('GET', `/v1/webhook-deliveries?job=${job}`)).body.data;
const statusesOf = async (...jobs: string[]) =>
  (await Promise.all(jobs.map(deliveriesOf))).flat().map((delivery) => delivery.status);
const sql = (statement: string, values: unknown[] = []) => farm.database.query(statement, values);
const read = async (id: string): Promise<Json> => (await farm.call('GET', `${endpoints}/${id}`)).body;

async function nextOf(at: { readonly received: readonly Received[] }, after: () => Promise<unknown>) {
  const before = at.received.length;
  await after();
  await vi.waitFor(() => expect(at.received.length).toBe(before + 1), patience);
  return at.received[before] as Received;
}

describe('a new secret for an endpoint', () => {
  const rotate = (id: string, body?: Json, headers: Record<string, string> = {}) =>
    farm.call('POST', `${endpoints}/${id}/rotate-secret`, { ...(body !== undefined && { json: body }), headers });

  test('both verify during the overlap, the old one no longer after it', async () => {
    const hook = await receiver();
    const made = await make({ url: hook.url });
    expect(made.previousSecretUntil).toBeNull();
    await notifier();
    const rotated = await rotate(made.id, { overlapHours: 2 });
    expect([rotated.status, rotated.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(rotated.body.secret).toMatch(/^whsec_/);
    expect(rotated.body.secret).not.toBe(made.secret);
    const ends = Date.parse(rotated.body.previousSecretUntil) - Date.now();
    expect(Math.abs(ends - 2 * 3_600_000)).toBeLessThan(60_000);
    const shown = await farm.call('GET', `${endpoints}/${made.id}`);
    expect(shown.body.previousSecretUntil).toBe(rotated.body.previousSecretUntil);
    expect(shown.text).not.toContain('whsec_');

    const during = await nextOf(hook, endJob);
    expect([verifies(during, made.secret), verifies(during, rotated.body.secret)]).toEqual([true, true]);

    await sql(`update webhook_endpoints set previous_secret_until = now() - interval '1 second'`);
    expect((await read(made.id)).previousSecretUntil).toBeNull();
    const after = await nextOf(hook, endJob);
    expect([verifies(after, made.secret), verifies(after, rotated.body.secret)]).toEqual([false, true]);
  });

  test('only the newest two sign, and without an overlap only the newest', async () => {
    const hook = await receiver();
    const { id, secret: first } = await make({ url: hook.url });
    await notifier();
    const second = (await rotate(id)).body;
    expect(Date.parse(second.previousSecretUntil) - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
    const third = (await rotate(id)).body;
    const both = await nextOf(hook, endJob);
    expect([first, second.secret, third.secret].map((secret) => verifies(both, secret))).toEqual([false, true, true]);
    expect(both.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    const fourth = (await rotate(id, { overlapHours: 0 })).body;
    expect(fourth.previousSecretUntil).toBeNull();
    const alone = await nextOf(hook, endJob);
    expect([third.secret, fourth.secret].map((secret) => verifies(alone, secret))).toEqual([false, true]);
    expect(alone.headers['webhook-signature']?.split(' ')).toHaveLength(1);
  });

  test('an Idempotency-Key rotates once', async () => {
    const { id } = await make({ url: 'https://example.com/hook' });
    const once = { 'idempotency-key': 'turn' };
    const [first, again] = [await rotate(id, { overlapHours: 1 }, once), await rotate(id, { overlapHours: 1 }, once)];
    expect(again.body).toEqual(first.body);
    expect([again.headers.get('idempotency-replayed'), again.headers.get('cache-control')]).toEqual([
      'true',
      'no-store',
    ]);
    expect((await rotate(id, { overlapHours: 2 }, once)).body.code).toBe('idempotency_conflict');
    expect((await sql('select secret from webhook_endpoints')).rows).toEqual([{ secret: first.body.secret }]);
  });

  test('what is wrong with it is told, and changes nothing', async () => {
    const made = await make({ url: 'https://example.com/hook' });
    for (const overlapHours of [-1, 169, 1.5, '24', null]) {
      const refused = await rotate(made.id, { overlapHours });
      expect([refused.status, refused.body.errors?.[0].pointer]).toEqual([422, '/overlapHours']);
      expect(refused.body.errors[0].detail).toMatch(/0 to 168/);
    }
    expect((await rotate(made.id, { overlap: 3 })).body.errors[0].detail).toMatch(/expected one of: overlapHours/);
    expect((await rotate(made.id, [])).status).toBe(422);
    const key = await farm.keyFor('stranger');
    expect((await farm.call('POST', `${endpoints}/${made.id}/rotate-secret`, { key })).status).toBe(404);
    expect((await sql('select secret, previous_secret from webhook_endpoints')).rows).toEqual([
      { secret: made.secret, previous_secret: null },
    ]);
  });
});

test('a new account secret overlaps as well', async () => {
  const hook = await receiver();
  await notifier();
  const rotate = (body?: Json) =>
    farm.call('POST', '/v1/webhook-secret/rotate', body === undefined ? {} : { json: body });
  const first = (await farm.call('GET', '/v1/webhook-secret')).body;
  expect(first.previousSecretUntil).toBeNull();
  const rotated = await rotate({ overlapHours: 168 });
  expect([rotated.status, rotated.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect((await farm.call('GET', '/v1/webhook-secret')).body).toEqual(rotated.body);
  const during = await nextOf(hook, () => endJob({ url: hook.url }));
  expect([first, rotated.body].map(({ secret }) => verifies(during, secret))).toEqual([true, true]);
  await sql(`update tenants set previous_webhook_secret_until = now() - interval '1 second'`);
  const after = await nextOf(hook, () => endJob({ url: hook.url }));
  expect([first, rotated.body].map(({ secret }) => verifies(after, secret))).toEqual([false, true]);
  expect((await farm.call('GET', '/v1/webhook-secret')).body).toEqual({ ...rotated.body, previousSecretUntil: null });

  const [second, third] = [(await rotate()).body, (await rotate()).body];
  const twice = await nextOf(hook, () => endJob({ url: hook.url }));
  expect([rotated.body, second, third].map(({ secret }) => verifies(twice, secret))).toEqual([false, true, true]);
  expect((await rotate({ overlapHours: 200 })).body.errors[0].pointer).toBe('/overlapHours');
  const key = await farm.keyFor('newcomer');
  const made = await farm.call('POST', '/v1/webhook-secret/rotate', { key });
  expect(made.body).toEqual((await farm.call('GET', '/v1/webhook-secret', { key })).body);
});

test('secrets that sign nothing any more are deleted', async () => {
  const { id } = await make({ url: 'https://example.com/hook' });
  await farm.call('POST', `${endpoints}/${id}/rotate-secret`);
  await farm.call('GET', '/v1/webhook-secret');
  await farm.call('POST', '/v1/webhook-secret/rotate');
  const kept = async () => {
    await clean(farm.database, undefined, defaultOrchestratorConfig.retention);
    const found = await sql(`select previous_secret as secret from webhook_endpoints
      union all select previous_webhook_secret from tenants`);
    return found.rows.map(({ secret }) => secret !== null);
  };
  expect(await kept()).toEqual([true, true]);
  await sql('update webhook_endpoints set previous_secret_until = now()');
  await sql('update tenants set previous_webhook_secret_until = now()');
  expect(await kept()).toEqual([false, false]);
});

describe('a changed endpoint', () => {
  test('gets what was waiting at its new address', async () => {
    const [old, fresh] = [await receiver((response) => response.writeHead(500).end()), await receiver()];
    const { id, secret } = await make({ url: old.url });
    const untouched = await make({ url: old.url });
    await notifier({ delayFactor: 1 });
    const tried = await endJob();
    await vi.waitFor(() => expect(old.received).toHaveLength(2), patience);
    expect((await change(id, { url: fresh.url })).url).toBe(fresh.url);
    await vi.waitFor(
      async () => expect((await deliveriesOf(tried)).flatMap((each) => each.attempts)).toHaveLength(2),
      patience,
    );
    await sql(`update deliveries set next_attempt_at = now() where endpoint_id = $1`, [id]);
    await vi.waitFor(() => expect(fresh.received).toHaveLength(1), patience);
    expect(verifies(fresh.received[0] as Received, secret)).toBe(true);
    expect(old.received).toHaveLength(2);
    expect((await read(untouched.id)).url).toBe(old.url);
  });

  test('keeps its planned times', async () => {
    const { id } = await make({ url: 'https://example.com/hook' });
    const job = await endJob();
    await sql(`update deliveries set next_attempt_at = now() + interval '1 hour'`);
    const [before] = await deliveriesOf(job);
    await change(id, { url: 'https://example.com/else', events: ['job.failed'] });
    const [after] = await deliveriesOf(job);
    expect(after).toEqual({ ...before, url: 'https://example.com/else' });
  });

  test('hears of other events from now on, and still of what was waiting', async () => {
    const hook = await receiver();
    const { id } = await make({ url: hook.url });
    const waiting = await endJob();
    expect((await change(id, { events: ['job.accepted', 'step.*', 'step.*'] })).events).toEqual([
      'job.accepted',
      'step.*',
    ]);
    const later = await endJob();
    await notifier();
    await vi.waitFor(() => expect(hook.received).toHaveLength(2), patience);
    await vi.waitFor(
      async () => expect(await statusesOf(waiting, later)).toEqual(['succeeded', 'succeeded']),
      patience,
    );
    const heard = hook.received.map(({ body }) => JSON.parse(body)).map(({ type, data }) => [type, data.job.id]);
    expect(heard.sort()).toEqual([
      ['job.accepted', later],
      ['job.cancelled', waiting],
    ]);
  });

  test('is switched off and on: what waited is cancelled, and can be sent again', async () => {
    const hook = await receiver();
    const { id } = await make({ url: hook.url });
    const waiting = await endJob();
    const off = await change(id, { disabled: true });
    expect([off.disabledReason, Date.parse(off.disabledAt)]).toEqual(['Switched off by request.', expect.any(Number)]);
    expect(await change(id, { disabled: true })).toEqual(off);
    const [cancelled] = await deliveriesOf(waiting);
    expect(cancelled).toMatchObject({ status: 'cancelled', nextAttemptAt: null });
    expect(await deliveriesOf(await endJob())).toEqual([]);
    const retry = () => farm.call('POST', `/v1/webhook-deliveries/${cancelled?.id}/retry`);
    const refused = await retry();
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      409,
      'conflict',
      expect.stringMatching(/switch/),
    ]);
    expect((await farm.call('POST', `${endpoints}/${id}/test`)).status).toBe(409);
    expect(await statusesOf(waiting)).toEqual(['cancelled']);

    await notifier();
    expect(await change(id, { disabled: false })).toMatchObject({ disabledAt: null, disabledReason: null });
    const next = await nextOf(hook, endJob);
    expect(JSON.parse(next.body).type).toBe('job.cancelled');
    const again = await nextOf(hook, retry);
    expect(JSON.parse(again.body).data.job.id).toBe(waiting);
  });

  test('is on again after a 410, and a retry goes to its present address', async () => {
    const [gone, fresh] = [await receiver((response) => response.writeHead(410).end()), await receiver()];
    const { id } = await make({ url: gone.url });
    const { lines } = await notifier();
    const job = await endJob();
    await vi.waitFor(async () => expect((await read(id)).disabledReason).toMatch(/410/), patience);
    await vi.waitFor(() => expect(lines.filter(({ msg }) => msg === 'endpoint.disabled')).toHaveLength(1), patience);
    await change(id, { url: fresh.url, disabled: false });
    const [delivery] = await deliveriesOf(job);
    expect(delivery).toMatchObject({ status: 'cancelled', url: gone.url });
    await nextOf(fresh, () => farm.call('POST', `/v1/webhook-deliveries/${delivery?.id}/retry`));
    expect((await farm.call('GET', `/v1/webhook-deliveries/${delivery?.id}`)).body.url).toBe(fresh.url);
  });

  test('is not disabled by a 410 of the address it has left', async () => {
    let finish: () => void = () => undefined;
    const gone = await receiver((response) => {
      finish = () => response.writeHead(410).end();
    });
    const fresh = await receiver();
    const { id } = await make({ url: gone.url });
    await notifier();
    const job = await endJob();
    await vi.waitFor(() => expect(gone.received).toHaveLength(1), patience);
    await change(id, { url: fresh.url });
    finish();
    await vi.waitFor(async () => expect(await statusesOf(job)).toEqual(['succeeded']), patience);
    expect([gone.received.length, fresh.received.length]).toEqual([1, 1]);
    expect(await read(id)).toMatchObject({ disabledAt: null, failingSince: null });
  });

  test('is left alone by what is wrong', async () => {
    const { secret: _shownOnce, ...made } = await make({ url: 'https://example.com/hook', events: ['job.*'] });
    const refused = async (body: Json) => {
      const answer = await farm.call('PATCH', `${endpoints}/${made.id}`, { json: body });
      expect([answer.status, body]).toEqual([422, body]);
      return answer.body.errors.map((fault: Json) => `${fault.pointer} ${fault.detail}`).join('\n');
    };
    expect(await refused({})).toMatch(/url, events or disabled/);
    expect(await refused({ url: 'http://10.0.0.1/' })).toMatch(/^\/url .*private/);
    expect(await refused({ url: 'ftp://example.com/' })).toMatch(/^\/url /);
    expect(await refused({ url: `https://example.com/${'x'.repeat(2048)}` })).toMatch(/2048/);
    expect(await refused({ events: ['job.suceeded'] })).toMatch(/^\/events\/0 .*did you mean "job.succeeded"/);
    expect(await refused({ events: [] })).toMatch(/^\/events /);
    expect(await refused({ events: null })).toMatch(/^\/events /);
    expect(await refused({ disabled: 'yes' })).toMatch(/^\/disabled /);
    expect(await refused({ enabled: true })).toMatch(/^\/enabled /);
    expect((await farm.call('PATCH', `${endpoints}/${made.id}`)).status).toBe(422);
    const key = await farm.keyFor('stranger');
    const theirs = await farm.call('PATCH', `${endpoints}/${made.id}`, { key, json: { disabled: true } });
    expect(theirs.status).toBe(404);
    expect(await read(made.id)).toEqual(made);
  });

  test('sends nothing that slipped in while it was switched off', async () => {
    const hook = await receiver();
    const { id } = await make({ url: hook.url });
    const job = await endJob();
    // What a job's transaction leaves that read the endpoints just before.
    await sql(`update webhook_endpoints set disabled_at = now(), disabled_reason = 'x' where id = $1`, [id]);
    await notifier();
    await vi.waitFor(async () => expect(await statusesOf(job)).toEqual(['cancelled']), patience);
    expect((await deliveriesOf(job))[0]?.attempts).toEqual([]);
    expect(hook.received).toEqual([]);
  });
});

describe('an endpoint that only fails', () => {
  const fails = (response: ServerResponse) => void response.writeHead(500).end();
  const age = (hours: number) =>
    sql(`update webhook_endpoints set failing_since = failing_since - make_interval(mins => $1)`, [hours * 60]);
  const state = async () => {
    const found = await sql('select failed_attempts, disabled_at from webhook_endpoints');
    return { failed: found.rows[0].failed_attempts, disabled: found.rows[0].disabled_at !== null };
  };
  const failTenTimes = async (hook: { readonly received: readonly Received[] }) => {
    const job = await endJob();
    await vi.waitFor(async () => expect(await statusesOf(job)).toEqual(['exhausted']), patience);
    expect(hook.received).toHaveLength(10);
  };
  const failOnce = async (expected: { failed: number; disabled: boolean }) => {
    await sql(`update deliveries set next_attempt_at = now() where status = 'pending'`);
    await vi.waitFor(async () => expect(await state()).toEqual(expected), patience);
  };

  test('is disabled after five days; the operator and the owner are told', async () => {
    const hook = await receiver(fails);
    const { id } = await make({ url: `${hook.url}?token=geheim` });
    const first = await notifier({ delayFactor: 1e-7 });
    await failTenTimes(hook);
    expect(await state()).toEqual({ failed: 10, disabled: false });
    expect((await read(id)).failingSince).not.toBeNull();
    expect(await farm.raw('/metrics').then((answer) => answer.text())).toContain(
      'farm_webhook_endpoints{state="failing"} 1',
    );
    await age(121);
    const { failingSince } = await read(id);
    await first.stop();
    const jobs = [await endJob(), await endJob(), await endJob()];
    expect(await statusesOf(...jobs)).toEqual(['pending', 'pending', 'pending']);
    const { lines } = await notifier({ receiverConcurrency: 1 });
    await vi.waitFor(
      async () => expect(await statusesOf(...jobs)).toEqual(['cancelled', 'cancelled', 'cancelled']),
      patience,
    );
    const { disabledReason } = await read(id);
    expect(disabledReason).toBe(`All 11 attempts since ${failingSince} failed.`);
    expect(hook.received).toHaveLength(11);
    await vi.waitFor(() => expect(lines.filter(({ msg }) => msg === 'endpoint.disabled')).toHaveLength(1), patience);
    const line = lines.find(({ msg }) => msg === 'endpoint.disabled');
    expect(line).toMatchObject({ level: 40, endpoint: id, tenant: 'default', reason: disabledReason, failingSince });
    expect(line).toMatchObject({ failedAttempts: 11, cancelledDeliveries: 3 });
    const outcomes = lines.filter(({ msg }) => msg === 'delivery.attempted').map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['cancelled']);
    expect(JSON.stringify(lines)).not.toContain('geheim');
    expect(await deliveriesOf(await endJob())).toEqual([]);
    hook.state.answer = (response) => response.end();
    expect(await change(id, { disabled: false })).toMatchObject({ failingSince: null, disabledAt: null });
    await nextOf(hook, endJob);
  });

  test('is kept before the five days, and while it has failed too seldom to tell', async () => {
    const hook = await receiver(fails);
    await make({ url: hook.url });
    await notifier();
    await endJob();
    await failOnce({ failed: 1, disabled: false });
    await age(24 * 30);
    await failOnce({ failed: 2, disabled: false });
    await sql(`update webhook_endpoints set failed_attempts = 20, failing_since = now() - interval '119 hours'`);
    await failOnce({ failed: 21, disabled: false });
    await age(1);
    await failOnce({ failed: 22, disabled: true });
  });

  test('starts the count anew with a success, and with a new address', async () => {
    const hook = await receiver(fails);
    const { id } = await make({ url: hook.url });
    await notifier({ delayFactor: 1e-7 });
    await failTenTimes(hook);
    await age(121);
    hook.state.answer = (response) => response.end();
    await nextOf(hook, endJob);
    await vi.waitFor(async () => expect(await state()).toEqual({ failed: 0, disabled: false }), patience);
    expect((await read(id)).failingSince).toBeNull();
    hook.state.answer = fails;
    await endJob();
    await vi.waitFor(async () => expect(await state()).toEqual({ failed: 10, disabled: false }), patience);
    await change(id, { url: `${hook.url}/moved` });
    expect(await state()).toEqual({ failed: 0, disabled: false });
  });

  test('is never disabled when the rule is switched off', async () => {
    const hook = await receiver(fails);
    await make({ url: hook.url });
    await notifier({ disableAfterHours: 0 });
    await endJob();
    await failOnce({ failed: 1, disabled: false });
    await sql(`update webhook_endpoints set failed_attempts = 20, failing_since = now() - interval '1 year'`);
    await failOnce({ failed: 21, disabled: false });
  });
});

test('the farm counts endpoints by what became of them', async () => {
  const { id } = await make({ url: 'https://example.com/off' });
  await make({ url: 'https://example.com/on' });
  const broken = await make({ url: 'https://example.com/broken' });
  await change(id, { disabled: true });
  await sql(`update webhook_endpoints set disabled_at = now(), disabled_reason = 'x' where id = $1`, [broken.id]);
  const metrics = await (await farm.raw('/metrics')).text();
  const counted = [...metrics.matchAll(/^farm_webhook_endpoints\{state="(\w+)"\} (\d+)$/gm)].map((found) =>
    found.slice(1),
  );
  expect(counted.sort()).toEqual([
    ['disabled', '1'],
    ['enabled', '1'],
    ['off', '1'],
  ]);
});

describe('a test of an endpoint', () => {
  test('is signed and sent like any other, of any type, and says what it is', async () => {
    const hook = await receiver();
    const { id, secret } = await make({ url: hook.url, events: ['job.failed'] });
    await notifier();
    for (const [body, type] of [
      [undefined, 'job.succeeded'],
      [{ type: 'step.progress' }, 'step.progress'],
    ] as const) {
      let delivery: Json;
      const received = await nextOf(hook, async () => {
        const sent = await farm.call('POST', `${endpoints}/${id}/test`, body === undefined ? {} : { json: body });
        expect(sent.status, sent.text).toBe(202);
        expect(sent.body).toMatchObject({
          eventType: type,
          jobId: null,
          endpointId: id,
          url: hook.url,
          status: 'pending',
        });
        delivery = sent.body;
      });
      expect(verifies(received, secret)).toBe(true);
      const event = JSON.parse(received.body);
      expect(event).toMatchObject({ id: delivery.eventId, type, data: { test: true } });
      expect(received.headers['webhook-id']).toBe(event.id);
      expect((await farm.call('GET', `/v1/jobs/${event.data.job.id}`)).status).toBe(404);
      const done = async () => (await farm.call('GET', `/v1/webhook-deliveries/${delivery.id}`)).body;
      await vi.waitFor(
        async () => expect(await done()).toMatchObject({ status: 'succeeded', attempts: [{ statusCode: 204 }] }),
        patience,
      );
    }
    const listed = await farm.call('GET', `/v1/webhook-deliveries?endpoint=${id}`);
    expect(listed.body.data.map((delivery: Json) => delivery.jobId)).toEqual([null, null]);
  });

  test('is sent once for one Idempotency-Key, and refused where it makes no sense', async () => {
    const { id } = await make({ url: 'https://example.com/hook' });
    const send = (options: Json = {}) => farm.call('POST', `${endpoints}/${id}/test`, options);
    const headers = { 'idempotency-key': 'try' };
    expect((await send({ headers })).body).toEqual((await send({ headers })).body);
    expect((await sql('select 1 from deliveries')).rowCount).toBe(1);
    const refused = await send({ json: { type: 'job.suceeded' } });
    expect(refused.body.errors).toEqual([
      { pointer: '/type', detail: expect.stringMatching(/did you mean "job.succeeded"/) },
    ]);
    expect((await send({ key: await farm.keyFor('stranger') })).status).toBe(404);
    const key = await farm.keyFor('other');
    expect((await farm.call('GET', '/v1/webhook-deliveries', { key })).body.data).toEqual([]);
    const [own] = (await farm.call('GET', '/v1/webhook-deliveries')).body.data;
    expect((await farm.call('GET', `/v1/webhook-deliveries/${own.id}`, { key })).status).toBe(404);
  });
});
