import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startPostgres } from '../../services/embedded/start-postgres.ts';
import { openDatabase } from '../../shared/ledger/database.ts';
import { createLog } from '../../shared/log.ts';

const log = createLog('test', 'silent');
let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'farm-postgres-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

test('what was committed is there after a restart, behind the same password', async () => {
  const first = await startPostgres({ dataDir, log });
  await query(first.url, 'create table kept as select 42 as answer');
  await first.close();
  await first.close();
  const second = await startPostgres({ dataDir, log });
  try {
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
    await expect(query(second.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/);
    expect(await query(second.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(second.url, 'show fsync')).toEqual([{ fsync: 'on' }]);
  } finally {
    await second.close();
  }
});

test('the server of a killed farm is stopped and every acknowledged row is there', async () => {
  const farm = await startInAnotherProcess(dataDir);
  await query(farm.url, 'create table kept (n int)');
  for (let n = 1; n <= 50; n += 1) await query(farm.url, `insert into kept values (${n})`);
  farm.process.kill('SIGKILL');
  await once(farm.process, 'exit');
  const next = await startPostgres({ dataDir, log });
  try {
    expect(await query(next.url, 'select count(*) from kept')).toEqual([{ count: 50 }]);
    await expect(query(farm.url, 'select 1')).rejects.toThrow();
  } finally {
    await next.close();
  }
});

test('a lock that names a process of somebody else hurts neither', async () => {
  await (await startPostgres({ dataDir, log })).close();
  const innocent = spawn('sleep', ['60']);
  await writeFile(join(dataDir, 'cluster', 'postmaster.pid'), `${innocent.pid}\n${dataDir}/cluster\n`);
  const postgres = await startPostgres({ dataDir, log });
  await postgres.close();
  expect(innocent.exitCode).toBeNull();
  expect(innocent.signalCode).toBeNull();
  innocent.kill();
});

test('a first start that was killed half-way is begun anew', async () => {
  await mkdir(join(dataDir, 'new', 'cluster'), { recursive: true });
  await writeFile(join(dataDir, 'new', 'cluster', 'PG_VERSION'), '18\n');
  const postgres = await startPostgres({ dataDir, log });
  expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await postgres.close();
});

test('it runs below a directory that only its owner may enter', async () => {
  const home = join(dataDir, 'home');
  await mkdir(join(home, 'farm'), { recursive: true });
  await chmod(home, 0o700);
  const postgres = await startPostgres({ dataDir: join(home, 'farm'), log });
  expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await postgres.close();
});

test('a data directory of another PostgreSQL is refused with its own words', async () => {
  await (await startPostgres({ dataDir, log })).close();
  await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '12\n');
  await expect(startPostgres({ dataDir, log })).rejects.toThrow(/version 12/);
});

async function query(url: string, statement: string): Promise<unknown[]> {
  const database = openDatabase(url, { maxConnections: 1 });
  try {
    return (await database.query(statement)).rows;
  } finally {
    await database.close();
  }
}

async function startInAnotherProcess(dataDir: string) {
  const path = (relative: string) => JSON.stringify(fileURLToPath(new URL(relative, import.meta.url)));
  const program = `
    import { startPostgres } from ${path('../../services/embedded/start-postgres.ts')};
    import { createLog } from ${path('../../shared/log.ts')};
    const { url } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: createLog('test', 'silent') });
    process.stdout.write(url);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = await once(child.stdout, 'data');
  return { process: child, url: String(url) };
}
