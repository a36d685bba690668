import pg from 'pg';
import { AppError } from '../errors.ts';
import type { Health } from '../part.ts';

/** A pool or one client inside a transaction: what every query of the ledger runs on. */
export type Queryable = Pick<pg.Pool, 'query'>;

/**
 * The PostgreSQL behind the ledger. Bigints (bytes, sequences) are read as numbers: all stay below 2^53.
 */
export interface Database extends Queryable {
  /** Runs `work` in one transaction; rolls back when it throws. @throws AppError `ledger_unavailable` when PostgreSQL is away. */
  transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  health(): Promise<Health>;
  close(): Promise<void>;
}

const bigintOid = 20;

export function openDatabase(url: string, options: { maxConnections?: number } = {}): Database {
  const types = new pg.TypeOverrides();
  types.setTypeParser(bigintOid, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 5000,
    types,
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  const query = async (...parameters: unknown[]) => {
    try {
      return await (pool.query as (...given: unknown[]) => Promise<unknown>)(...parameters);
    } catch (error) {
      throw asLedgerError(error);
    }
  };
  return {
    query: query as Database['query'],
    transaction: (work) => runTransaction(pool, work),
    health: () => checkHealth(pool),
    close: () => pool.end(),
  };
}

async function runTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw asLedgerError(error);
  });
  // The pool listens only to idle clients: without this a server that goes away in mid-transaction ends the process.
  let broken = false;
  const markBroken = () => {
    broken = true;
  };
  client.on('error', markBroken);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(markBroken);
    throw asLedgerError(error);
  } finally {
    if (!broken) client.off('error', markBroken);
    client.release(broken);
  }
}

/** SQLSTATE classes of "not now": 08 connection, 53 resources, 57P shutdown; and the socket's own errors, which have no SQLSTATE. */
function asLedgerError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  const code = 'code' in error ? String(error.code) : '';
  const away =
    /^(08|53|57P)/.test(code) ||
    /^E[A-Z]{3,}/.test(code) ||
    /timeout exceeded|Connection terminated/i.test(error.message);
  if (!away) return error;
  return new AppError('ledger_unavailable', 'The ledger cannot be reached at the moment; try again shortly.', {
    retryable: true,
    cause: error,
    retryAfterSeconds: 5,
  });
}

async function checkHealth(pool: pg.Pool): Promise<Health> {
  try {
    await pool.query('select 1');
    return { name: 'ledger', ok: true };
  } catch (error) {
    return { name: 'ledger', ok: false, reason: `PostgreSQL does not answer: ${(error as Error).message}` };
  }
}
