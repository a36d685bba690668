import { randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * `mf_live_` + 43 base-62 characters (256 bits) + 6 characters CRC-32: a prefix that secret scanners know, a checksum that finds
 * typing errors without asking the ledger, and `_` so that a double click selects all of it.
 */
const prefix = 'mf_live_';
const secretLength = 43;
const checksumLength = 6;
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const pattern = new RegExp(`^${prefix}([0-9A-Za-z]{${secretLength}})([0-9A-Za-z]{${checksumLength}})$`);

export function makeApiKey(): string {
  const secret = Array.from({ length: secretLength }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `${prefix}${secret}${checksumOf(secret)}`;
}

/** True for a key of our make with a wrong checksum. Keys the operator thought up have none and are never mistyped. */
export function isMistyped(key: string): boolean {
  const [, secret, checksum] = pattern.exec(key) ?? [];
  return secret !== undefined && checksumOf(secret) !== checksum;
}

function checksumOf(secret: string): string {
  let rest = crc32(secret);
  let text = '';
  while (text.length < checksumLength) {
    text = alphabet[rest % alphabet.length] + text;
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}
