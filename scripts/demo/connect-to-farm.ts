import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface DemoJob {
  readonly id: string;
  readonly status: string;
  readonly error: { readonly message: string } | null;
  readonly steps: Readonly<Record<string, { outputs: { url: string; mediaType: string; bytes: number }[] }>>;
}

export interface Farm {
  readonly address: string;
  upload(name: string, content: Uint8Array): Promise<string>;
  submit(job: unknown): Promise<DemoJob>;
  read(jobId: string): Promise<DemoJob>;
  webhookSecret(): Promise<string>;
}

/** Finds the farm of `npm start`: `FARM_HOST`, `FARM_PORT`, and the key from `FARM_API_KEY` or the data directory. */
export async function connectToFarm(environment: NodeJS.ProcessEnv): Promise<Farm> {
  const address = `http://${environment.FARM_HOST ?? '127.0.0.1'}:${environment.FARM_PORT ?? '8080'}`;
  const keyFile = join(environment.FARM_DATA_DIR ?? '.farm', 'api-key');
  const key = environment.FARM_API_KEY ?? (await readFile(keyFile, 'utf8').catch(() => '')).trim();
  if (key === '')
    throw new Error(`No API key: start the farm with "npm start" first, or set FARM_API_KEY (looked in ${keyFile}).`);
  const call = async (
    method: string,
    path: string,
    body?: NonNullable<RequestInit['body']>,
    type = 'application/json',
  ) => {
    const headers = { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': type }) };
    const response = await fetch(`${address}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    }).catch(() => {
      throw new Error(`No farm answers at ${address}. Start one with "npm start".`);
    });
    const answer = (await response.json()) as Record<string, never>;
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    address,
    upload: async (name, content) => {
      const path = `/v1/uploads?name=${encodeURIComponent(name)}`;
      return (await call('POST', path, content as NonNullable<RequestInit['body']>, 'application/octet-stream'))
        .id as unknown as string;
    },
    submit: async (job) => (await call('POST', '/v1/jobs', JSON.stringify(job))) as unknown as DemoJob,
    read: async (jobId) => (await call('GET', `/v1/jobs/${jobId}?wait=30`)) as unknown as DemoJob,
    webhookSecret: async () => (await call('GET', '/v1/webhook-secret')).secret as unknown as string,
  };
}
