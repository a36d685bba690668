/** Endpoints are changed, switched off and on, and tried without a job. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Json } from '../support/farm-client.ts';
import {
  type Customer,
  endpoints,
  fails,
  nextOf,
  patience,
  type Received,
  startCustomer,
  verifies,
} from './customer-under-test.ts';

let customer: Customer;
beforeEach(async () => {
  customer = await startCustomer();
});
afterEach(() => customer?.close());

describe('a changed endpoint', () => {
  test('gets what was waiting at its new address', async () => {
    const [old, fresh] = [await customer.receiver(fails), await customer.receiver()];
    const { id, secret } = await customer.make({ url: old.url });
    const untouched = await customer.make({ url: old.url });
    const tried = await customer.endJob();
    // Past the short delays: nothing is tried again unless the test says so.
    await customer.sql('update deliveries set attempts = 4');
    await customer.notifier();
    await vi.waitFor(() => expect(old.received).toHaveLength(2), patience);
    expect((await customer.change(id, { url: fresh.url })).url).toBe(fresh.url);
    await vi.waitFor(
      async () => expect((await customer.deliveriesOf(tried)).flatMap((each) => each.attempts)).toHaveLength(2),
      patience,
    );
    await customer.sql(`update deliveries set next_attempt_at = now() where endpoint_id = $1`, [id]);
    await vi.waitFor(() => expect(fresh.received).toHaveLength(1), patience);
    expect(verifies(fresh.received[0] as Received, secret)).toBe(true);
    expect(old.received).toHaveLength(2);
    expect((await customer.read(untouched.id)).url).toBe(old.url);
  });

  test('keeps its planned times', async () => {
    const { id } = await customer.make({ url: 'https://example.com/hook' });
    const job = await customer.endJob();
    await customer.sql(`update deliveries set next_attempt_at = now() + interval '1 hour'`);
    const [before] = await customer.deliveriesOf(job);
    await customer.change(id, { url: 'https://example.com/else', events: ['job.failed'] });
    const [after] = await customer.deliveriesOf(job);
    expect(after).toEqual({ ...before, url: 'https://example.com/else' });
  });

  test('hears of other events from now on, and still of what was waiting', async () => {
    const hook = await customer.receiver();
    const { id } = await customer.make({ url: hook.url });
    const waiting = await customer.endJob();
    expect((await customer.change(id, { events: ['job.accepted', 'step.*', 'step.*'] })).events).toEqual([
      'job.accepted',
      'step.*',
    ]);
    const later = await customer.endJob();
    await customer.notifier();
    await vi.waitFor(() => expect(hook.received).toHaveLength(2), patience);
    await vi.waitFor(
      async () => expect(await customer.statusesOf(waiting, later)).toEqual(['succeeded', 'succeeded']),
      patience,
    );
    const heard = hook.received.map(({ body }) => JSON.parse(body)).map(({ type, data }) => [type, data.job.id]);
    expect(heard.sort()).toEqual([
      ['job.accepted', later],
      ['job.cancelled', waiting],
    ]);
  });

  test('is switched off and on: what waited is cancelled, and can be sent again', async () => {
    const hook = await customer.receiver();
    const { id } = await customer.make({ url: hook.url });
    const waiting = await customer.endJob();
    const off = await customer.change(id, { disabled: true });
    expect([off.disabledReason, Date.parse(off.disabledAt)]).toEqual(['Switched off by request.', expect.any(Number)]);
    expect(await customer.change(id, { disabled: true })).toEqual(off);
    const [cancelled] = await customer.deliveriesOf(waiting);
    expect(cancelled).toMatchObject({ status: 'cancelled', nextAttemptAt: null });
    expect(await customer.deliveriesOf(await customer.endJob())).toEqual([]);
    const retry = () => customer.farm.call('POST', `/v1/webhook-deliveries/${cancelled?.id}/retry`);
    const refused = await retry();
    expect([refused.status, refused.body.code, refused.body.detail]).toEqual([
      409,
      'conflict',
      expect.stringMatching(/switch/),
    ]);
    expect((await customer.farm.call('POST', `${endpoints}/${id}/test`)).status).toBe(409);
    expect(await customer.statusesOf(waiting)).toEqual(['cancelled']);

    await customer.notifier();
    expect(await customer.change(id, { disabled: false })).toMatchObject({ disabledAt: null, disabledReason: null });
    const next = await nextOf(hook, () => customer.endJob());
    expect(JSON.parse(next.body).type).toBe('job.cancelled');
    const again = await nextOf(hook, retry);
    expect(JSON.parse(again.body).data.job.id).toBe(waiting);
  });

  test('is on again after a 410, and a retry goes to its present address', async () => {
    const [gone, fresh] = [
      await customer.receiver((response) => response.writeHead(410).end()),
      await customer.receiver(),
    ];
    const { id } = await customer.make({ url: gone.url });
    const { lines } = await customer.notifier();
    const job = await customer.endJob();
    await vi.waitFor(async () => expect((await customer.read(id)).disabledReason).toMatch(/410/), patience);
    await vi.waitFor(() => expect(lines.filter(({ msg }) => msg === 'endpoint.disabled')).toHaveLength(1), patience);
    await customer.change(id, { url: fresh.url, disabled: false });
    const [delivery] = await customer.deliveriesOf(job);
    expect(delivery).toMatchObject({ status: 'cancelled', url: gone.url });
    await nextOf(fresh, () => customer.farm.call('POST', `/v1/webhook-deliveries/${delivery?.id}/retry`));
    expect((await customer.farm.call('GET', `/v1/webhook-deliveries/${delivery?.id}`)).body.url).toBe(fresh.url);
  });

  test('is not disabled by a 410 of the address it has left', async () => {
    let finish: () => void = () => undefined;
    const gone = await customer.receiver((response) => {
      finish = () => response.writeHead(410).end();
    });
    const fresh = await customer.receiver();
    const { id } = await customer.make({ url: gone.url });
    await customer.notifier();
    const job = await customer.endJob();
    await vi.waitFor(() => expect(gone.received).toHaveLength(1), patience);
    await customer.change(id, { url: fresh.url });
    finish();
    await vi.waitFor(async () => expect(await customer.statusesOf(job)).toEqual(['succeeded']), patience);
    expect([gone.received.length, fresh.received.length]).toEqual([1, 1]);
    expect(await customer.read(id)).toMatchObject({ disabledAt: null, failingSince: null });
  });

  test('is left alone by what is wrong', async () => {
    const { secret: _shownOnce, ...made } = await customer.make({ url: 'https://example.com/hook', events: ['job.*'] });
    const refused = async (body: Json) => {
      const answer = await customer.farm.call('PATCH', `${endpoints}/${made.id}`, { json: body });
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
    expect((await customer.farm.call('PATCH', `${endpoints}/${made.id}`)).status).toBe(422);
    const key = await customer.farm.keyFor('stranger');
    const theirs = await customer.farm.call('PATCH', `${endpoints}/${made.id}`, { key, json: { disabled: true } });
    expect(theirs.status).toBe(404);
    expect(await customer.read(made.id)).toEqual(made);
  });

  test('sends nothing that slipped in while it was switched off', async () => {
    const hook = await customer.receiver();
    const { id } = await customer.make({ url: hook.url });
    const job = await customer.endJob();
    // What a job's transaction leaves that read the endpoints just before.
    await customer.sql(`update webhook_endpoints set disabled_at = now(), disabled_reason = 'x' where id = $1`, [id]);
    await customer.notifier();
    await vi.waitFor(async () => expect(await customer.statusesOf(job)).toEqual(['cancelled']), patience);
    expect((await customer.deliveriesOf(job))[0]?.attempts).toEqual([]);
    expect(hook.received).toEqual([]);
  });
});

describe('a test of an endpoint', () => {
  test('is signed and sent like any other, of any type, and says what it is', async () => {
    const hook = await customer.receiver();
    const { id, secret } = await customer.make({ url: hook.url, events: ['job.failed'] });
    await customer.notifier();
    for (const [body, type] of [
      [undefined, 'job.succeeded'],
      [{ type: 'step.progress' }, 'step.progress'],
    ] as const) {
      let delivery: Json;
      const received = await nextOf(hook, async () => {
        const sent = await customer.farm.call(
          'POST',
          `${endpoints}/${id}/test`,
          body === undefined ? {} : { json: body },
        );
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
      expect((await customer.farm.call('GET', `/v1/jobs/${event.data.job.id}`)).status).toBe(404);
      const done = async () => (await customer.farm.call('GET', `/v1/webhook-deliveries/${delivery.id}`)).body;
      await vi.waitFor(
        async () => expect(await done()).toMatchObject({ status: 'succeeded', attempts: [{ statusCode: 204 }] }),
        patience,
      );
    }
    const listed = await customer.farm.call('GET', `/v1/webhook-deliveries?endpoint=${id}`);
    expect(listed.body.data.map((delivery: Json) => delivery.jobId)).toEqual([null, null]);
  });

  test('is sent once for one Idempotency-Key, and refused where it makes no sense', async () => {
    const { id } = await customer.make({ url: 'https://example.com/hook' });
    const send = (options: Json = {}) => customer.farm.call('POST', `${endpoints}/${id}/test`, options);
    const headers = { 'idempotency-key': 'try' };
    expect((await send({ headers })).body).toEqual((await send({ headers })).body);
    expect((await customer.sql('select 1 from deliveries')).rowCount).toBe(1);
    const refused = await send({ json: { type: 'job.suceeded' } });
    expect(refused.body.errors).toEqual([
      { pointer: '/type', detail: expect.stringMatching(/did you mean "job.succeeded"/) },
    ]);
    expect((await send({ key: await customer.farm.keyFor('stranger') })).status).toBe(404);
    const key = await customer.farm.keyFor('other');
    expect((await customer.farm.call('GET', '/v1/webhook-deliveries', { key })).body.data).toEqual([]);
    const [own] = (await customer.farm.call('GET', '/v1/webhook-deliveries')).body.data;
    expect((await customer.farm.call('GET', `/v1/webhook-deliveries/${own.id}`, { key })).status).toBe(404);
  });
});
