/** What the documents promise is what the code has: a variable, code, queue or kind that one of them lacks is a fault. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { statusOf } from '../services/api/problem.ts';
import { type ErrorCode, errorCodes } from '../shared/errors.ts';
import { farmTopology } from '../shared/queue/topology.ts';
import { kindNames } from '../workers/catalog.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const names = (text: string) => [...new Set(text.match(/FARM_[A-Z0-9_]+/g) ?? [])];

function sourcesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => read(join(folder, file)));
}

it('docs/configuration.md names every variable the parts read, and no other', () => {
  const internal = ['FARM_LAUNCHER'];
  const inCode = ['services', 'workers', 'shared'].flatMap(sourcesOf).flatMap(names);
  const inTests = ['FARM_TEST_SERVERS', 'FARM_DATABASE_URL_FILE'];
  const documented = names(read('docs/configuration.md'));
  expect([...new Set(inCode)].filter((name) => !documented.includes(name) && !internal.includes(name))).toEqual([]);
  expect(documented.filter((name) => !inCode.includes(name) && !inTests.includes(name))).toEqual([]);
});

it('docs/errors.md has every code with its status', () => {
  const table = read('docs/errors.md');
  const missing = (Object.keys(errorCodes) as ErrorCode[]).filter(
    (code) => !table.includes(`| \`${code}\` | ${statusOf(code)} |`) && !table.includes(`| \`${code}\` | – (steps) |`),
  );
  expect(missing).toEqual([]);
});

it('docs/operations.md names every exchange and queue', () => {
  const text = read('docs/operations.md');
  const { exchanges, queues } = farmTopology(['<kind>']);
  const patterns = [...exchanges, ...queues].map(({ name }) =>
    name.replace(/delay\.\d+\w+$/, 'delay.<tier>').replace(/\.(hi|std|bulk)$/, '.<class>'),
  );
  expect([...new Set(patterns)].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

it('docs/kinds has a page for every kind', () => {
  expect(kindNames.filter((kind) => !readdirSync(join(root, 'docs/kinds')).includes(`${kind}.md`))).toEqual([]);
});

it('docker-compose.yml has a worker for every kind, and for one once', () => {
  const listed = [...read('docker-compose.yml').matchAll(/FARM_WORKER_KINDS: (\S+)/g)].flatMap(([, kinds = '']) =>
    kinds.split(','),
  );
  expect([...listed].sort()).toEqual([...kindNames].sort());
});
