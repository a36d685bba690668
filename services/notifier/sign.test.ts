import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { newWebhookSecret } from '../../shared/ledger/tenant-secrets.ts';
import { sign } from './sign.ts';

const vector = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
};

it('gives the signature of the test vector of Standard Webhooks', () => {
  expect(sign([vector.secret], vector.id, vector.timestamp, vector.body)).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});

it('lets receivers with the old and with the new secret verify the same webhook', () => {
  const [older, newer, foreign] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()];
  const timestamp = Math.floor(Date.now() / 1000);
  const body = '{"type":"job.succeeded","name":"größer ✓"}';
  const headers = {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(timestamp),
    'webhook-signature': sign([newer, older], 'evt_1', timestamp, body),
  };
  expect(new Webhook(older).verify(body, headers)).toEqual(JSON.parse(body));
  expect(new Webhook(newer).verify(body, headers)).toEqual(JSON.parse(body));
  expect(() => new Webhook(foreign).verify(body, headers)).toThrow();
  expect(() => new Webhook(newer).verify(body.replace('job', 'jab'), headers)).toThrow();
});

it('makes secrets of 32 random bytes', () => {
  const secret = newWebhookSecret();
  expect(secret).toMatch(/^whsec_/);
  expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
  expect(newWebhookSecret()).not.toBe(secret);
});
