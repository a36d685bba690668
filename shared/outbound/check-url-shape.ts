import { isIP } from 'node:net';
import { type AddressGuard, createAddressGuard } from './create-address-guard.ts';

const maxUrlLength = 2048;

/**
 * What is wrong with a URL somebody wants the farm to call, for that person to read; undefined when nothing is. Looks at the
 * text alone: a host name is resolved and judged when the call is made, since its address may change until then.
 */
export function checkUrlShape(url: string, allowCidrs: readonly string[]): string | undefined {
  return checkUrl(url, createAddressGuard(allowCidrs));
}

export function checkUrl(text: string, guard: AddressGuard): string | undefined {
  if (text.length > maxUrlLength) return `expected a URL of at most ${maxUrlLength} characters, got ${text.length}`;
  if (!URL.canParse(text)) return 'expected an absolute URL such as https://example.com/path';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return 'expected a URL that starts with https:// or http://';
  if (url.username !== '' || url.password !== '') return 'expected a URL without a user name and password';
  if (!mayUsePort(url.port)) return `expected a port that serves HTTP, got ${url.port}`;
  if (!mayNameHost(url.hostname, guard)) return 'expected a public address; this one is private, local or reserved';
  return undefined;
}

/** `new URL` has already turned the odd spellings (0x7f000001, 2130706433, 127.1) into four decimals. */
function mayNameHost(hostname: string, guard: AddressGuard): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return guard.mayReach(host);
  if (/(^|\.)localhost\.?$/.test(host)) return guard.mayReach('127.0.0.1') || guard.mayReach('::1');
  return host !== '';
}

/**
 * From 1024 up: databases and brokers, which an allowed private network may hold, and the ports browsers refuse as well (Fetch
 * standard, "bad port"). They read other protocols in what is thrown at them.
 */
const foreignPorts = [
  1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 5672, 6000, 6379, 6566, 6665, 6666, 6667, 6668,
  6669, 6679, 6697, 10_080, 11_211, 27_017,
];
const firstUnprivilegedPort = 1024;

function mayUsePort(port: string): boolean {
  if (port === '') return true;
  const number = Number(port);
  if (number < firstUnprivilegedPort) return number === 80 || number === 443;
  return !foreignPorts.includes(number);
}
