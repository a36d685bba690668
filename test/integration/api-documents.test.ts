import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generatedDocuments } from '../../scripts/generate/generated-documents.ts';
import { catalog } from '../../workers/catalog.ts';
import type { Json } from '../support/farm-client.ts';
import { type ApiUnderTest, startApiUnderTest } from './api-under-test.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let farm: ApiUnderTest;
beforeAll(async () => {
  farm = await startApiUnderTest();
});
afterAll(() => farm?.close());

test('the served OpenAPI document lints clean', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'openapi-'));
  try {
    const file = join(folder, 'openapi.json');
    await writeFile(file, (await farm.call('GET', '/openapi.json')).text);
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(root, 'node_modules/@redocly/cli/bin/cli.js'), 'lint', '--format=json', file],
      {
        cwd: folder,
        env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      },
    );
    const report = JSON.parse(stdout.slice(stdout.indexOf('{')));
    expect(report.totals, stderr).toMatchObject({ errors: 0, warnings: 0 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('every route is described, and everything described is a route', async () => {
  const document = (await farm.call('GET', '/openapi.json')).body;
  const missing: string[] = [];
  for (const [path, operations] of Object.entries(document.paths as Record<string, Json>)) {
    const url = path.replaceAll(/\{\w+\}/g, 'x');
    const { status, headers } = await farm.call('OPTIONS', url);
    expect([status, path]).toEqual([405, path]);
    const served = (headers.get('allow') as string).split(', ').map((method) => method.toLowerCase());
    // A fixed path may also fit a pattern: GET /v1/jobs/batch reads the job "batch", which there never is.
    const patterns = Object.keys(document.paths).filter((other) =>
      new RegExp(`^${other.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(url),
    );
    const described = Object.keys(operations);
    const covered = patterns.flatMap((pattern) => Object.keys(document.paths[pattern]));
    missing.push(
      ...described.filter((method) => !served.includes(method)).map((method) => `${method} ${path} is not served`),
    );
    const extra = served.filter((method) => method !== 'head' && !covered.includes(method));
    missing.push(...extra.map((method) => `${method} ${path} is not described`));
  }
  expect(missing).toEqual([]);
});

test('the AsyncAPI document has no fault', async () => {
  const { text } = await farm.call('GET', '/asyncapi.json');
  const { document, diagnostics } = await new Parser().parse(text);
  expect(
    diagnostics
      .filter((diagnostic) => diagnostic.severity <= 1)
      .map(({ message, path }) => `${path.join('.')}: ${message}`),
  ).toEqual([]);
  expect(
    document
      ?.channels()
      .all()
      .map((channel) => channel.id()),
  ).toEqual(['submissions', 'answers', 'events']);
});

test('the copies in schemas/ are what the code says; mend with npm run generate', async () => {
  for (const [name, text] of Object.entries(generatedDocuments())) {
    expect(await readFile(join(root, 'schemas', name), 'utf8'), name).toBe(text);
  }
});

test('the examples of every kind fit the document, and the api takes them', async () => {
  const document = (await farm.call('GET', '/openapi.json')).body;
  const ajv = new Ajv2020({ strict: false });
  (formats as unknown as (target: unknown) => void)(ajv);
  ajv.addSchema(document, 'openapi.json');
  const validate = ajv.compile({ $ref: 'openapi.json#/components/schemas/JobRequest' });
  const input = (await farm.upload('a.txt', 'a')).id;
  for (const [kind, { contract }] of Object.entries(catalog)) {
    const use = Array.from({ length: Math.max(1, contract.inputs.min) }, (_, index) => `file-${index}`);
    const inputs = Object.fromEntries(use.map((name) => [name, input]));
    for (const { title, params } of contract.examples) {
      const job = { inputs, steps: { a: { kind, use, ...params } } };
      expect(validate(job), `${kind}: ${title}: ${ajv.errorsText(validate.errors)}`).toBe(true);
      const answer = await farm.call('POST', '/v1/jobs', { json: job });
      expect(answer.status, `${kind}: ${title}: ${answer.text}`).toBe(202);
    }
    expect(validate({ input, steps: { a: { kind, nonsense: 1 } } }), `${kind} is strict`).toBe(false);
  }
});
