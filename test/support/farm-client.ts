/** What a customer's program does, over plain HTTP: nothing here imports the farm. */
import { readFile } from 'node:fs/promises';

// biome-ignore lint/suspicious/noExplicitAny: answers are read as a customer would, without our types
export type Json = any;

export interface FarmClient {
  readonly address: string;
  readonly key: string;
  call(method: string, path: string, options?: CallOptions): Promise<{ status: number; headers: Headers; body: Json }>;
  upload(name: string, content: Uint8Array): Promise<Json>;
  uploadFile(path: string, name: string): Promise<Json>;
  submit(job: unknown): Promise<Json>;
  /** Waits until the job has ended. */
  finished(jobId: string, timeoutMs?: number): Promise<Json>;
  download(url: string): Promise<Buffer>;
}

interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export function createFarmClient(address: string, key: string): FarmClient {
  const request = (method: string, path: string, init: RequestInit = {}) =>
    fetch(new URL(path, address), {
      ...init,
      method,
      headers: { authorization: `Bearer ${key}`, ...(init.headers as Record<string, string>) },
    });
  const call: FarmClient['call'] = async (method, path, options = {}) => {
    const json = options.body === undefined ? {} : { body: JSON.stringify(options.body) };
    const type = options.body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await request(method, path, { ...json, headers: { ...type, ...options.headers } });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  const upload: FarmClient['upload'] = async (name, content) => {
    const response = await request('POST', `/v1/uploads?name=${encodeURIComponent(name)}`, {
      body: content as NonNullable<RequestInit['body']>,
      headers: { 'content-type': 'application/octet-stream' },
    });
    return expectStatus(201, response.status, await response.json());
  };
  return {
    address,
    key,
    call,
    upload,
    uploadFile: async (path, name) => upload(name, await readFile(path)),
    submit: async (job) => {
      const answer = await call('POST', '/v1/jobs', { body: job });
      return expectStatus(202, answer.status, answer.body);
    },
    finished: async (jobId, timeoutMs = 180_000) => {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const { body } = await call('GET', `/v1/jobs/${jobId}?wait=10`);
        if (['succeeded', 'failed', 'cancelled'].includes(body.status)) return body;
        if (Date.now() > deadline)
          throw new Error(`job ${jobId} did not end within ${timeoutMs} ms: ${JSON.stringify(body)}`);
      }
    },
    download: async (url) => {
      const response = await request('GET', url);
      if (response.status !== 200) throw new Error(`GET ${url} answered ${response.status}: ${await response.text()}`);
      return Buffer.from(await response.arrayBuffer());
    },
  };
}

function expectStatus(expected: number, status: number, body: Json): Json {
  if (status !== expected) throw new Error(`expected ${expected}, got ${status}: ${JSON.stringify(body)}`);
  return body;
}
