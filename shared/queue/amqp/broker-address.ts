import { ConfigError } from '../../env.ts';

export interface BrokerAddress {
  /** For amqplib, with the heartbeat in it: as a connect option it has no effect (amqplib 2.3). */
  readonly url: string;
  /** For people and logs: host, port and vhost, without user and password. */
  readonly label: string;
}

/** Two silent heartbeats end a connection, so a dead broker is noticed within 15 s. */
const heartbeatSeconds = '5';

/** @throws ConfigError when it is no amqp address; the message never repeats the address, which may hold a password. */
export function brokerAddress(text: string): BrokerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['amqp:', 'amqps:'].includes(url.protocol) || url.hostname === '') {
    const came = url === undefined ? 'something that is no address' : `an address that starts with ${url.protocol}`;
    throw new ConfigError([`FARM_BROKER_URL: expected memory: alone, or amqp://user:password@host/vhost, got ${came}`]);
  }
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', heartbeatSeconds);
  return { url: url.href, label: `${url.host}${url.pathname}` };
}
