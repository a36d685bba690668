/** Endpoints that only fail are disabled; whoever runs the farm sees it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Customer, fails, nextOf, patience, type Receiver, startCustomer, takes } from './customer-under-test.ts';

let customer: Customer;
beforeEach(async () => {
  customer = await startCustomer();
});
afterEach(() => customer?.close());

describe('an endpoint that only fails', () => {
  const age = (hours: number) =>
    customer.sql(`update webhook_endpoints set failing_since = failing_since - make_interval(mins => $1)`, [
      hours * 60,
    ]);
  const state = async () => {
    const found = await customer.sql('select failed_attempts, disabled_at from webhook_endpoints');
    return { failed: found.rows[0].failed_attempts, disabled: found.rows[0].disabled_at !== null };
  };
  const failTenTimes = async (hook: Receiver) => {
    const job = await customer.endJob();
    await vi.waitFor(async () => expect(await customer.statusesOf(job)).toEqual(['exhausted']), patience);
    expect(hook.received).toHaveLength(10);
  };
  /** Its delivery has come to delays of hours, so that it is tried only when the test says so. */
  const endJobLate = async () => {
    await customer.endJob();
    await customer.sql('update deliveries set attempts = 4');
  };
  const failOnce = async (expected: { failed: number; disabled: boolean }) => {
    await customer.sql(`update deliveries set next_attempt_at = now() where status = 'pending'`);
    await vi.waitFor(async () => expect(await state()).toEqual(expected), patience);
  };

  test('is disabled after five days; the operator and the owner are told', async () => {
    const hook = await customer.receiver(fails);
    const { id } = await customer.make({ url: `${hook.url}?token=geheim` });
    const first = await customer.notifier({ delayFactor: 1e-7 });
    await failTenTimes(hook);
    expect(await state()).toEqual({ failed: 10, disabled: false });
    expect((await customer.read(id)).failingSince).not.toBeNull();
    expect(await customer.farm.raw('/metrics').then((answer) => answer.text())).toContain(
      'farm_webhook_endpoints{state="failing"} 1',
    );
    await age(121);
    const { failingSince } = await customer.read(id);
    await first.stop();
    const jobs = [await customer.endJob(), await customer.endJob(), await customer.endJob()];
    expect(await customer.statusesOf(...jobs)).toEqual(['pending', 'pending', 'pending']);
    const { lines } = await customer.notifier({ receiverConcurrency: 1 });
    await vi.waitFor(
      async () => expect(await customer.statusesOf(...jobs)).toEqual(['cancelled', 'cancelled', 'cancelled']),
      patience,
    );
    const { disabledReason } = await customer.read(id);
    expect(disabledReason).toBe(`All 11 attempts since ${failingSince} failed.`);
    expect(hook.received).toHaveLength(11);
    await vi.waitFor(() => expect(lines.filter(({ msg }) => msg === 'endpoint.disabled')).toHaveLength(1), patience);
    const line = lines.find(({ msg }) => msg === 'endpoint.disabled');
    expect(line).toMatchObject({ level: 40, endpoint: id, tenant: 'default', reason: disabledReason, failingSince });
    expect(line).toMatchObject({ failedAttempts: 11, cancelledDeliveries: 3 });
    const outcomes = lines.filter(({ msg }) => msg === 'delivery.attempted').map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['cancelled']);
    expect(JSON.stringify(lines)).not.toContain('geheim');
    expect(await customer.deliveriesOf(await customer.endJob())).toEqual([]);
    hook.answer(takes);
    expect(await customer.change(id, { disabled: false })).toMatchObject({ failingSince: null, disabledAt: null });
    await nextOf(hook, () => customer.endJob());
  });

  test('is kept before the five days, and while it has failed too seldom to tell', async () => {
    const hook = await customer.receiver(fails);
    await customer.make({ url: hook.url });
    await endJobLate();
    await customer.notifier();
    await failOnce({ failed: 1, disabled: false });
    await age(24 * 30);
    await failOnce({ failed: 2, disabled: false });
    await customer.sql(
      `update webhook_endpoints set failed_attempts = 20, failing_since = now() - interval '119 hours'`,
    );
    await failOnce({ failed: 21, disabled: false });
    await age(1);
    await failOnce({ failed: 22, disabled: true });
  });

  test('starts the count anew with a success, and with a new address', async () => {
    const hook = await customer.receiver(fails);
    const { id } = await customer.make({ url: hook.url });
    await customer.notifier({ delayFactor: 1e-7 });
    await failTenTimes(hook);
    await age(121);
    hook.answer(takes);
    await nextOf(hook, () => customer.endJob());
    await vi.waitFor(async () => expect(await state()).toEqual({ failed: 0, disabled: false }), patience);
    expect((await customer.read(id)).failingSince).toBeNull();
    hook.answer(fails);
    await customer.endJob();
    await vi.waitFor(async () => expect(await state()).toEqual({ failed: 10, disabled: false }), patience);
    await customer.change(id, { url: `${hook.url}/moved` });
    expect(await state()).toEqual({ failed: 0, disabled: false });
  });

  test('is never disabled when the rule is switched off', async () => {
    const hook = await customer.receiver(fails);
    await customer.make({ url: hook.url });
    await endJobLate();
    await customer.notifier({ disableAfterHours: 0 });
    await failOnce({ failed: 1, disabled: false });
    await customer.sql(`update webhook_endpoints set failed_attempts = 20, failing_since = now() - interval '1 year'`);
    await failOnce({ failed: 21, disabled: false });
  });
});

test('the farm counts endpoints by what became of them', async () => {
  const { id } = await customer.make({ url: 'https://example.com/off' });
  await customer.make({ url: 'https://example.com/on' });
  const broken = await customer.make({ url: 'https://example.com/broken' });
  await customer.change(id, { disabled: true });
  await customer.sql(`update webhook_endpoints set disabled_at = now(), disabled_reason = 'x' where id = $1`, [
    broken.id,
  ]);
  const metrics = await (await customer.farm.raw('/metrics')).text();
  const counted = [...metrics.matchAll(/^farm_webhook_endpoints\{state="(\w+)"\} (\d+)$/gm)].map((found) =>
    found.slice(1),
  );
  expect(counted.sort()).toEqual([
    ['disabled', '1'],
    ['enabled', '1'],
    ['off', '1'],
  ]);
});
