import { createHmac } from 'node:crypto';

/**
 * The `webhook-signature` of Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`, one `v1,<base64>` a secret, separated
 * by spaces. With an old and a new secret in the list a receiver can change over at any moment.
 * @param secrets `whsec_` and base64
 * @param timestamp Unix seconds of this attempt
 */
export function sign(secrets: readonly string[], id: string, timestamp: number, body: string): string {
  return secrets.map((secret) => `v1,${hmac(secret, `${id}.${timestamp}.${body}`)}`).join(' ');
}

function hmac(secret: string, content: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return createHmac('sha256', key).update(content).digest('base64');
}
