/** An api on real PostgreSQL, seen as a customer sees it. Every answer is held against the OpenAPI document it serves. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { makeApiKey } from '../../services/api/api-key-format.ts';
import { type ApiConfig, defaultApiConfig } from '../../services/api/config.ts';
import type { KindAvailability } from '../../services/api/kind-availability.ts';
import { startApi } from '../../services/api/start-api.ts';
import { createApiKey } from '../../shared/ledger/api-keys.ts';
import { applyReport } from '../../shared/ledger/apply-report.ts';
import { type Database, openDatabase } from '../../shared/ledger/database.ts';
import { relayEvents } from '../../shared/ledger/relay-events.ts';
import { createLog } from '../../shared/log.ts';
import type { TaskReport } from '../../shared/messages/report.ts';
import type { StoredOutput } from '../../shared/messages/stored-output.ts';
import type { Part } from '../../shared/part.ts';
import type { Bus } from '../../shared/queue/bus.ts';
import { openBus } from '../../shared/queue/open-bus.ts';
import { farmTopology } from '../../shared/queue/topology.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { openStore } from '../../shared/store/open-store.ts';
import { kindNames } from '../../workers/catalog.ts';
import type { Json } from '../support/farm-client.ts';
import { freshDatabase } from '../support/servers.ts';
import { checkAgainstOpenApi, type OpenApiCheck } from './api-response-check.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
  readonly text: string;
}

export interface CallOptions {
  readonly json?: unknown;
  readonly body?: NonNullable<RequestInit['body']>;
  readonly headers?: Record<string, string>;
  /** Another key, or none. */
  readonly key?: string | null;
}

export interface ApiUnderTest {
  readonly address: string;
  readonly key: string;
  readonly api: Part;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly bus: Bus;
  readonly store: ObjectStore;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Like fetch, with the key; the answer is not checked. */
  raw(path: string, init?: RequestInit): Promise<Response>;
  upload(name: string, content: Uint8Array | string): Promise<Json>;
  submit(job: unknown): Promise<Json>;
  keyFor(tenant: string): Promise<string>;
  /** What a worker would say of a step. */
  report(jobId: string, step: string, what: TaskReport['what'], more?: Partial<TaskReport>): Promise<void>;
  /** Stores bytes and reports the step as done with them. */
  finish(jobId: string, step: string, outputs: Readonly<Record<string, OutputContent>>): Promise<void>;
  close(): Promise<void>;
}

export interface OutputContent {
  readonly content: Buffer;
  readonly mediaType: string;
}

export interface ApiOptions {
  readonly config?: Partial<ApiConfig>;
  readonly kinds?: KindAvailability;
  readonly busUrl?: string;
  readonly store?: (given: ObjectStore) => ObjectStore;
  readonly storeOptions?: { readonly url: string; readonly environment: Record<string, string | undefined> };
  /** Where the ledger is, if not right there (a proxy that can be cut). */
  readonly through?: (url: string) => Promise<string>;
}

export async function startApiUnderTest(options: ApiOptions = {}): Promise<ApiUnderTest> {
  const log = createLog('api-test', process.env.FARM_LOG_LEVEL ?? 'silent');
  const fresh = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'api-test-'));
  const database = openDatabase(options.through ? await options.through(fresh.url) : fresh.url);
  const bus = await openBus({
    urls: [options.busUrl ?? 'memory:'],
    topology: farmTopology(kindNames),
    log,
    name: 'api-test',
  });
  const opened = await openStore({ ...(options.storeOptions ?? { url: `file://${folder}`, environment: {} }), log });
  const store = options.store?.(opened) ?? opened;
  const key = await addKey(database, 'default');
  const config = { ...defaultApiConfig, port: 0, allowCidrs: ['127.0.0.0/8'], ...options.config };
  const api = await startApi(config, { database, bus, store, log, kinds: options.kinds ?? new Map() });
  const check = checkAgainstOpenApi((await (await fetch(`${api.address}/openapi.json`)).json()) as Json);
  const client = createClient(api.address, key, check);
  const worker = createPretendWorker({ database, bus, store, log });
  return {
    address: api.address,
    key,
    api,
    database,
    databaseUrl: fresh.url,
    bus,
    store,
    ...client,
    ...worker,
    keyFor: (tenant) => addKey(database, tenant),
    close: async () => {
      await api.close();
      await Promise.all([bus.close(), opened.close()]);
      await database.close();
      await fresh.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function addKey(database: Database, tenant: string): Promise<string> {
  const secret = makeApiKey();
  await createApiKey(database, { tenant, name: 'test', secret });
  return secret;
}

function createClient(address: string, ownKey: string, check: OpenApiCheck) {
  const raw: ApiUnderTest['raw'] = (path, init = {}) =>
    fetch(new URL(path, address), {
      ...init,
      headers: { authorization: `Bearer ${ownKey}`, ...(init.headers as Record<string, string>) },
    });
  const call: ApiUnderTest['call'] = async (method, path, options = {}) => {
    const { json, key = ownKey } = options;
    const headers: Record<string, string> = { ...options.headers };
    if (key !== null) headers.authorization ??= `Bearer ${key}`;
    if (json !== undefined) headers['content-type'] ??= 'application/json';
    const body = json === undefined ? options.body : JSON.stringify(json);
    const streamed = body instanceof ReadableStream ? { duplex: 'half' } : {};
    const response = await fetch(new URL(path, address), {
      method,
      headers,
      ...(body !== undefined && { body }),
      ...streamed,
    } as RequestInit);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text ? JSON.parse(text) : undefined,
    };
    check(method, path, answer);
    return answer;
  };
  const upload: ApiUnderTest['upload'] = async (name, content) => {
    const answer = await call('POST', `/v1/uploads?name=${encodeURIComponent(name)}`, {
      body: content as NonNullable<RequestInit['body']>,
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(answer.status, answer.text).toBe(201);
    return answer.body;
  };
  const submit: ApiUnderTest['submit'] = async (job) => {
    const answer = await call('POST', '/v1/jobs', { json: job });
    expect(answer.status, answer.text).toBe(202);
    return answer.body;
  };
  return { raw, call, upload, submit };
}

function createPretendWorker(deps: {
  database: Database;
  bus: Bus;
  store: ObjectStore;
  log: ReturnType<typeof createLog>;
}): Pick<ApiUnderTest, 'report' | 'finish'> {
  const report: ApiUnderTest['report'] = async (job, step, what, more = {}) => {
    const found = await deps.database.query<{ tenant: string; kind: string; dispatch: number }>(
      'select tenant, kind, dispatch from steps where job_id = $1 and name = $2',
      [job, step],
    );
    const row = found.rows[0];
    if (!row) throw new Error(`job ${job} has no step ${step}`);
    const verdict = await applyReport(deps.database, {
      schema: 1,
      what,
      ...row,
      job,
      step,
      try: 0,
      run: `run_${job}_${step}`,
      worker: 'pretend',
      at: new Date().toISOString(),
      traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
      ...more,
    });
    if (verdict !== 'applied') throw new Error(`the ledger ignored ${what} of ${job}/${step}`);
    await relayEvents(deps);
  };
  const finish: ApiUnderTest['finish'] = async (job, step, contents) => {
    const outputs: StoredOutput[] = [];
    for (const [name, { content, mediaType }] of Object.entries(contents)) {
      const key = `outputs/test/${job}/${step}/${name}`;
      await deps.store.put(key, content, { mediaType });
      const sha256 = createHash('sha256').update(content).digest('hex');
      outputs.push({ name, key, mediaType, bytes: content.length, sha256 });
    }
    await report(job, step, 'started');
    await report(job, step, 'succeeded', { outputs, manifestKey: `outputs/test/${job}/${step}/manifest.json` });
  };
  return { report, finish };
}
