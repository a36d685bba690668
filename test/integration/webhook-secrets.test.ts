/** Secrets change without a gap: receivers with the old one and with the new one verify during the overlap. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clean } from '../../services/orchestrator/clean.ts';
import { defaultOrchestratorConfig } from '../../services/orchestrator/config.ts';
import type { Json } from '../support/farm-client.ts';
import { type Customer, endpoints, nextOf, startCustomer, verifies } from './customer-under-test.ts';

let customer: Customer;
beforeEach(async () => {
  customer = await startCustomer();
});
afterEach(() => customer?.close());

describe('a new secret for an endpoint', () => {
  const rotate = (id: string, body?: Json, headers: Record<string, string> = {}) =>
    customer.farm.call('POST', `${endpoints}/${id}/rotate-secret`, {
      ...(body !== undefined && { json: body }),
      headers,
    });

  test('both verify during the overlap, the old one no longer after it', async () => {
    const hook = await customer.receiver();
    const made = await customer.make({ url: hook.url });
    expect(made.previousSecretUntil).toBeNull();
    await customer.notifier();
    const rotated = await rotate(made.id, { overlapHours: 2 });
    expect([rotated.status, rotated.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(rotated.body.secret).toMatch(/^whsec_/);
    expect(rotated.body.secret).not.toBe(made.secret);
    const ends = Date.parse(rotated.body.previousSecretUntil) - Date.now();
    expect(Math.abs(ends - 2 * 3_600_000)).toBeLessThan(60_000);
    const shown = await customer.farm.call('GET', `${endpoints}/${made.id}`);
    expect(shown.body.previousSecretUntil).toBe(rotated.body.previousSecretUntil);
    expect(shown.text).not.toContain('whsec_');

    const during = await nextOf(hook, () => customer.endJob());
    expect([verifies(during, made.secret), verifies(during, rotated.body.secret)]).toEqual([true, true]);

    await customer.sql(`update webhook_endpoints set previous_secret_until = now() - interval '1 second'`);
    expect((await customer.read(made.id)).previousSecretUntil).toBeNull();
    const after = await nextOf(hook, () => customer.endJob());
    expect([verifies(after, made.secret), verifies(after, rotated.body.secret)]).toEqual([false, true]);
  });

  test('only the newest two sign, and without an overlap only the newest', async () => {
    const hook = await customer.receiver();
    const { id, secret: first } = await customer.make({ url: hook.url });
    await customer.notifier();
    const second = (await rotate(id)).body;
    expect(Date.parse(second.previousSecretUntil) - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
    const third = (await rotate(id)).body;
    const both = await nextOf(hook, () => customer.endJob());
    expect([first, second.secret, third.secret].map((secret) => verifies(both, secret))).toEqual([false, true, true]);
    expect(both.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    const fourth = (await rotate(id, { overlapHours: 0 })).body;
    expect(fourth.previousSecretUntil).toBeNull();
    const alone = await nextOf(hook, () => customer.endJob());
    expect([third.secret, fourth.secret].map((secret) => verifies(alone, secret))).toEqual([false, true]);
    expect(alone.headers['webhook-signature']?.split(' ')).toHaveLength(1);
  });

  test('an Idempotency-Key rotates once', async () => {
    const { id } = await customer.make({ url: 'https://example.com/hook' });
    const once = { 'idempotency-key': 'turn' };
    const [first, again] = [await rotate(id, { overlapHours: 1 }, once), await rotate(id, { overlapHours: 1 }, once)];
    expect(again.body).toEqual(first.body);
    expect([again.headers.get('idempotency-replayed'), again.headers.get('cache-control')]).toEqual([
      'true',
      'no-store',
    ]);
    expect((await rotate(id, { overlapHours: 2 }, once)).body.code).toBe('idempotency_conflict');
    expect((await customer.sql('select secret from webhook_endpoints')).rows).toEqual([{ secret: first.body.secret }]);
  });

  test('what is wrong with it is told, and changes nothing', async () => {
    const made = await customer.make({ url: 'https://example.com/hook' });
    for (const overlapHours of [-1, 169, 1.5, '24', null]) {
      const refused = await rotate(made.id, { overlapHours });
      expect([refused.status, refused.body.errors?.[0].pointer]).toEqual([422, '/overlapHours']);
      expect(refused.body.errors[0].detail).toMatch(/0 to 168/);
    }
    expect((await rotate(made.id, { overlap: 3 })).body.errors[0].detail).toMatch(/expected one of: overlapHours/);
    expect((await rotate(made.id, [])).status).toBe(422);
    const key = await customer.farm.keyFor('stranger');
    expect((await customer.farm.call('POST', `${endpoints}/${made.id}/rotate-secret`, { key })).status).toBe(404);
    expect((await customer.sql('select secret, previous_secret from webhook_endpoints')).rows).toEqual([
      { secret: made.secret, previous_secret: null },
    ]);
  });
});

test('a new account secret overlaps as well', async () => {
  const hook = await customer.receiver();
  await customer.notifier();
  const rotate = (body?: Json) =>
    customer.farm.call('POST', '/v1/webhook-secret/rotate', body === undefined ? {} : { json: body });
  const first = (await customer.farm.call('GET', '/v1/webhook-secret')).body;
  expect(first.previousSecretUntil).toBeNull();
  const rotated = await rotate({ overlapHours: 168 });
  expect([rotated.status, rotated.headers.get('cache-control')]).toEqual([200, 'no-store']);
  expect((await customer.farm.call('GET', '/v1/webhook-secret')).body).toEqual(rotated.body);
  const during = await nextOf(hook, () => customer.endJob({ url: hook.url }));
  expect([first, rotated.body].map(({ secret }) => verifies(during, secret))).toEqual([true, true]);
  await customer.sql(`update tenants set previous_webhook_secret_until = now() - interval '1 second'`);
  const after = await nextOf(hook, () => customer.endJob({ url: hook.url }));
  expect([first, rotated.body].map(({ secret }) => verifies(after, secret))).toEqual([false, true]);
  expect((await customer.farm.call('GET', '/v1/webhook-secret')).body).toEqual({
    ...rotated.body,
    previousSecretUntil: null,
  });

  const [second, third] = [(await rotate()).body, (await rotate()).body];
  const twice = await nextOf(hook, () => customer.endJob({ url: hook.url }));
  expect([rotated.body, second, third].map(({ secret }) => verifies(twice, secret))).toEqual([false, true, true]);
  expect((await rotate({ overlapHours: 200 })).body.errors[0].pointer).toBe('/overlapHours');
  const key = await customer.farm.keyFor('newcomer');
  const made = await customer.farm.call('POST', '/v1/webhook-secret/rotate', { key });
  expect(made.body).toEqual((await customer.farm.call('GET', '/v1/webhook-secret', { key })).body);
});

test('secrets that sign nothing any more are deleted', async () => {
  const { id } = await customer.make({ url: 'https://example.com/hook' });
  await customer.farm.call('POST', `${endpoints}/${id}/rotate-secret`);
  await customer.farm.call('GET', '/v1/webhook-secret');
  await customer.farm.call('POST', '/v1/webhook-secret/rotate');
  const kept = async () => {
    await clean(customer.farm.database, undefined, defaultOrchestratorConfig.retention);
    const found = await customer.sql(`select previous_secret as secret from webhook_endpoints
      union all select previous_webhook_secret from tenants`);
    return found.rows.map(({ secret }) => secret !== null);
  };
  expect(await kept()).toEqual([true, true]);
  await customer.sql('update webhook_endpoints set previous_secret_until = now()');
  await customer.sql('update tenants set previous_webhook_secret_until = now()');
  expect(await kept()).toEqual([false, false]);
});
