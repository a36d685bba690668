/** The api and a notifier on one ledger, and receivers: what a customer does with endpoints. Fresh for every test. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type pg from 'pg';
import { pino } from 'pino';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { expect, vi } from 'vitest';
import { defaultNotifierConfig, type NotifierConfig } from '../../services/notifier/config.ts';
import { startNotifier } from '../../services/notifier/start-notifier.ts';
import type { Json } from '../support/farm-client.ts';
import { type ApiUnderTest, startApiUnderTest } from './api-under-test.ts';

export const patience = { timeout: 20_000, interval: 20 };
export const endpoints = '/v1/webhook-endpoints';

export interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

type Answer = (response: ServerResponse) => void;

export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** From now on. */
  answer(how: Answer): void;
}

export const takes: Answer = (response) => response.writeHead(204).end();
export const fails: Answer = (response) => response.writeHead(500).end();

export interface Customer {
  readonly farm: ApiUnderTest;
  receiver(answer?: Answer): Promise<Receiver>;
  /** Starts one; `lines` are what it logs. */
  notifier(config?: Partial<NotifierConfig>): Promise<{ readonly lines: readonly Json[]; stop(): Promise<void> }>;
  make(endpoint: Json): Promise<Json>;
  change(id: string, change: Json): Promise<Json>;
  read(id: string): Promise<Json>;
  /** Ends a job, whose event is `job.cancelled`. @returns its id */
  endJob(webhook?: Json): Promise<string>;
  deliveriesOf(job: string): Promise<readonly Json[]>;
  statusesOf(...jobs: string[]): Promise<readonly string[]>;
  sql(statement: string, values?: unknown[]): Promise<pg.QueryResult>;
  close(): Promise<void>;
}

export async function startCustomer(): Promise<Customer> {
  const farm = await startApiUnderTest();
  const closers = [() => farm.close()];
  const read: Customer['read'] = async (id) => (await farm.call('GET', `${endpoints}/${id}`)).body;
  const deliveriesOf: Customer['deliveriesOf'] = async (job) =>
    (await farm.call('GET', `/v1/webhook-deliveries?job=${job}`)).body.data;
  return {
    farm,
    receiver: (answer = takes) => startReceiver(answer, closers),
    notifier: async (config = {}) => {
      const lines: Json[] = [];
      const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
      const settings = { ...defaultNotifierConfig, pollEveryMs: 20, outboundAllowCidrs: ['127.0.0.0/8'], ...config };
      const part = await startNotifier(settings, { database: farm.database, log });
      closers.push(() => part.close());
      return { lines, stop: () => part.close() };
    },
    make: async (endpoint) => {
      const made = await farm.call('POST', endpoints, { json: endpoint });
      expect(made.status, made.text).toBe(201);
      return made.body;
    },
    change: async (id, change) => {
      const changed = await farm.call('PATCH', `${endpoints}/${id}`, { json: change });
      expect(changed.status, changed.text).toBe(200);
      expect(await read(id)).toEqual(changed.body);
      return changed.body;
    },
    read,
    endJob: async (webhook) => {
      const input = (await farm.upload('a.txt', 'a')).id;
      const steps = { a: { kind: 'resize', width: 1 } };
      const job = await farm.submit({ input, steps, ...(webhook && { webhook }) });
      await farm.call('POST', `/v1/jobs/${job.id}/cancel`);
      return job.id;
    },
    deliveriesOf,
    statusesOf: async (...jobs) => (await Promise.all(jobs.map(deliveriesOf))).flat().map(({ status }) => status),
    sql: (statement, values = []) => farm.database.query(statement, values),
    close: async () => {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
}

async function startReceiver(first: Answer, closers: (() => Promise<void>)[]): Promise<Receiver> {
  const received: Received[] = [];
  let answer = first;
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers as Record<string, string>, body: await text(request) });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    answer: (how) => {
      answer = how;
    },
  };
}

/** What a receiver gets next after something was done. */
export async function nextOf(receiver: Receiver, after: () => Promise<unknown>): Promise<Received> {
  const before = receiver.received.length;
  await after();
  await vi.waitFor(() => expect(receiver.received.length).toBe(before + 1), patience);
  return receiver.received[before] as Received;
}

/** Whether both reference libraries take it for genuine. */
export function verifies({ headers, body }: Received, secret: string): boolean {
  const [first, second] = [Webhook, SvixWebhook].map((Library) => {
    try {
      new Library(secret).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  });
  expect(first).toBe(second);
  return first === true;
}
