/** Environment variables that more than one part reads (contract §1), each with its check. Read them with `readEnvironment`. */
import { z } from 'zod';
import { allowCidrs } from './outbound/allow-cidrs.ts';
import { defaultRetryDelaysMs } from './queue/topology.ts';

/** Comma separated, spaces ignored. */
export const commaList = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const isBrokerUrl = (url: string) => url === 'memory:' || /^amqps?:\/\/\S+$/.test(url);

export const sharedVariables = {
  FARM_BROKER_URL: commaList.refine(
    (urls) => urls.length > 0 && urls.every(isBrokerUrl),
    'expected amqp://user:password@host:5672, several separated by commas, or memory: (one process only)',
  ),
  FARM_DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'expected postgres://user:password@host:5432/database'),
  FARM_STORE_URL: z.string().regex(/^(s3:\/\/[a-z0-9.-]{3,63}|file:.+)$/, 'expected s3://bucket or file:///directory'),
  FARM_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  FARM_RETRY_DELAYS_MS: commaList
    .transform((items) => items.map(Number))
    .refine(
      (delays) => delays.length > 0 && delays.every((delay) => Number.isInteger(delay) && delay > 0),
      'expected whole milliseconds, separated by commas',
    )
    .default([...defaultRetryDelaysMs]),
  FARM_OUTBOUND_ALLOW_CIDRS: allowCidrs,
} as const;
