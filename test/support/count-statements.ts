/** A ledger that counts what it is asked: the cost of bookkeeping in numbers that are the same on every machine. */
import type pg from 'pg';
import type { Database, Queryable } from '../../shared/ledger/database.ts';

export interface Cost {
  /** Sent to PostgreSQL, `begin` and `commit` included. */
  readonly statements: number;
  /** Rows it sent back. */
  readonly rows: number;
  /** Rows it looked at to answer, in tables and indexes, as its own statistics say; only with `reads: true`. */
  readonly reads: number;
}

export interface CountedDatabase {
  readonly database: Database;
  /** What `work` cost; nothing else may use the database meanwhile. */
  cost(work: () => Promise<unknown>): Promise<Cost>;
}

const readsOfSession = `select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as reads from pg_stat_xact_user_tables`;

export function countStatements(inner: Database, { reads = false } = {}): CountedDatabase {
  let spent = { statements: 0, rows: 0, reads: 0 };
  const counting = (queryable: Queryable): Queryable['query'] => {
    const query = async (...given: unknown[]) => {
      spent.statements += 1;
      const result = await (queryable.query as (...all: unknown[]) => Promise<pg.QueryResult>)(...given);
      spent.rows += result.rows.length;
      return result;
    };
    return query as Queryable['query'];
  };
  const transaction = async <T>(work: (client: pg.PoolClient) => Promise<T>) =>
    await inner.transaction(async (client) => {
      spent.statements += 2;
      const before = reads ? await readReads(client) : 0;
      const result = await work({ query: counting(client) } as unknown as pg.PoolClient);
      spent.reads += reads ? (await readReads(client)) - before : 0;
      return result;
    });
  return {
    database: { ...inner, query: counting(inner) as Database['query'], transaction },
    cost: async (work) => {
      spent = { statements: 0, rows: 0, reads: 0 };
      await work();
      return spent;
    },
  };
}

/** The counters of a session go on from one transaction to the next: only their growth counts. */
async function readReads(client: Queryable): Promise<number> {
  const found = await client.query<{ reads: number | null }>(readsOfSession);
  return found.rows[0]?.reads ?? 0;
}
