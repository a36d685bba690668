import type { Log } from '../../shared/log.ts';

export interface Postgres {
  readonly url: string;
  close(): Promise<void>;
}

export async function startPostgres(options: { dataDir: string; log: Log }): Promise<Postgres> {
  throw new Error(`not yet: ${options.dataDir}`);
}
