import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { type ApiUnderTest, startApiUnderTest } from './api-under-test.ts';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

let farm: ApiUnderTest;
beforeAll(async () => {
  farm = await startApiUnderTest({ config: { maxUploadBytes: 1_000_000 } });
});
afterAll(() => farm?.close());

async function storedKeys(): Promise<string[]> {
  const keys: string[] = [];
  for await (const object of farm.store.list('uploads/')) keys.push(object.key);
  return keys;
}

function form(parts: Readonly<Record<string, Blob | string>>): FormData {
  const data = new FormData();
  for (const [name, part] of Object.entries(parts)) {
    if (typeof part === 'string') data.append(name, part);
    else data.append(name, part, (part as File).name ?? 'file.bin');
  }
  return data;
}

describe('taking a file', () => {
  test('as the raw body: size, hash and type are of the content, whatever the sender calls it', async () => {
    const answer = await farm.call('POST', '/v1/uploads?name=holiday.txt', {
      body: png,
      headers: { 'content-type': 'text/html' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/v1/uploads/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      name: 'holiday.txt',
      bytes: png.length,
      sha256: sha256(png),
      mediaType: 'image/png',
    });
    const read = await farm.call('GET', `/v1/uploads/${answer.body.id}`);
    expect(read.body).toEqual(answer.body);
  });

  test('as JSON, without a content type, or in chunks of unknown length: always the bytes as they are', async () => {
    const json = await farm.call('POST', '/v1/uploads?name=data.json', { json: { a: 1 } });
    expect(json.body).toMatchObject({ bytes: 7, mediaType: 'application/json' });
    const untyped = await farm.call('POST', '/v1/uploads?name=a.png', { body: png });
    expect(untyped.body.sha256).toBe(sha256(png));
    const chunked = await farm.call('POST', '/v1/uploads?name=a.png', { body: new Blob([png]).stream() });
    expect(chunked.body.sha256).toBe(sha256(png));
  });

  test('as a form: the part "file", with a name in any script and no directories', async () => {
    const file = new File([png], '../../Ferien/süß 写真.png', { type: 'image/png' });
    const answer = await farm.call('POST', '/v1/uploads', { body: form({ comment: 'hello', file }) });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ name: 'süß 写真.png', bytes: png.length, sha256: sha256(png) });
  });

  test('text is told apart by its content: SVG, Markdown, plain', async () => {
    const types: Record<string, string> = {};
    for (const [name, content] of Object.entries({
      'drawing.txt': '<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
      'notes.txt': '# Title\n\nSee [this](https://example.com) and **that**.\n',
      'plain.md': 'just a line',
      'letter.txt': 'Dear all,\n\nyours\n',
      'noise.txt': '\u0000\u0001\u0002',
    })) {
      types[name] = (await farm.upload(name, content)).mediaType;
    }
    expect(types).toEqual({
      'drawing.txt': 'image/svg+xml',
      'notes.txt': 'text/markdown',
      'plain.md': 'text/markdown',
      'letter.txt': 'text/plain',
      'noise.txt': 'application/octet-stream',
    });
  });

  test('an empty file is taken: the step that uses it will say so', async () => {
    const answer = await farm.call('POST', '/v1/uploads?name=empty.png');
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ bytes: 0, sha256: sha256(Buffer.alloc(0)) });
  });
});

describe('refusing a file', () => {
  test('a form without the part "file" is told which part to send', async () => {
    const photo = new File([png], 'a.png');
    const answer = await farm.call('POST', '/v1/uploads', { body: form({ photo }) });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ pointer: '/file', detail: expect.stringContaining('"photo"') }]);
    expect(answer.body.detail).toContain('-F file=@');
  });

  test('text in the part "file", and two names for one file', async () => {
    const text = await farm.call('POST', '/v1/uploads', { body: form({ file: 'hello' }) });
    expect(text.body.errors).toEqual([{ pointer: '/file', detail: expect.stringContaining('carries no file name') }]);
    const names = await farm.call('POST', '/v1/uploads?name=a.png&name=b.png', { body: new Blob([png]) });
    expect(names.body.errors).toEqual([{ pointer: '/name', detail: expect.stringContaining('given 2 times') }]);
  });

  test('a form that breaks off is malformed', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const cut = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\nabc';
    const broken = await farm.call('POST', '/v1/uploads', { body: cut, headers });
    expect(broken.status, broken.text).toBe(400);
    const none = await farm.call('POST', '/v1/uploads', {
      body: cut,
      headers: { 'content-type': 'multipart/form-data' },
    });
    expect(none.status, none.text).toBe(400);
  });

  test('too large, declared: 413 before a byte is read', async () => {
    const before = await storedKeys();
    const head = `POST /v1/uploads HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${farm.key}\r\ncontent-length: 5000000\r\n\r\n`;
    expect(await firstLineAfter(head)).toBe('HTTP/1.1 413 Payload Too Large');
    expect(await storedKeys()).toEqual(before);
  });

  test('too large, not declared: 413 while reading, and nothing is kept', async () => {
    const before = await storedKeys();
    const many = (bytes: number) => new Blob([Buffer.alloc(bytes)]);
    const raw = await farm.call('POST', '/v1/uploads?name=big', { body: many(3_000_000).stream() });
    expect(raw.status).toBe(413);
    expect(raw.body.detail).toContain('1000000 bytes');
    const inForm = await farm.call('POST', '/v1/uploads', {
      body: form({ file: new File([many(1_010_000)], 'big.bin') }),
    });
    expect(inForm.status).toBe(413);
    expect(await storedKeys()).toEqual(before);
  });

  test('exactly the limit is fine', async () => {
    expect((await farm.upload('limit.bin', Buffer.alloc(1_000_000, 7))).bytes).toBe(1_000_000);
  });

  test('a client that asks first (Expect: 100-continue) is refused before it sends', async () => {
    const head = (key: string) =>
      `POST /v1/uploads HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n`;
    expect(await firstLineAfter(head('mf_wrong_wrong_wrong'))).toBe('HTTP/1.1 401 Unauthorized');
    expect(await firstLineAfter(head(farm.key))).toBe('HTTP/1.1 100 Continue');
  });

  test('a client that leaves half-way leaves nothing behind, and its Idempotency-Key is free', async () => {
    const before = await storedKeys();
    const socket = connect(Number(new URL(farm.address).port), '127.0.0.1');
    socket.write(
      `POST /v1/uploads?name=half HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${farm.key}\r\nidempotency-key: half\r\ncontent-length: 900000\r\n\r\n`,
    );
    socket.write(Buffer.alloc(300_000));
    const rows = () => farm.database.query("select 1 from idempotency_keys where key = 'half'");
    await until(async () => (await rows()).rowCount === 1, 'the upload to begin');
    socket.destroy();
    await until(async () => (await rows()).rowCount === 0, 'the abandoned upload to be given up');
    expect(await storedKeys()).toEqual(before);
  });
});

describe('forgetting a file', () => {
  test('its row and its object go', async () => {
    const upload = await farm.upload('a.png', png);
    expect((await farm.call('DELETE', `/v1/uploads/${upload.id}`)).status).toBe(204);
    expect((await farm.call('GET', `/v1/uploads/${upload.id}`)).status).toBe(404);
    expect((await farm.call('DELETE', `/v1/uploads/${upload.id}`)).status).toBe(404);
    expect((await storedKeys()).filter((key) => key.includes(upload.id))).toEqual([]);
  });

  test('not while an unfinished job uses it', async () => {
    const upload = await farm.upload('a.png', png);
    const job = await farm.submit({ input: upload.id, steps: { small: { kind: 'resize', width: 10 } } });
    const refused = await farm.call('DELETE', `/v1/uploads/${upload.id}`);
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain(job.id);
    await farm.call('POST', `/v1/jobs/${job.id}/cancel`);
    expect((await farm.call('DELETE', `/v1/uploads/${upload.id}`)).status).toBe(204);
  });

  test('what belongs to somebody else does not exist', async () => {
    const upload = await farm.upload('a.png', png);
    const key = await farm.keyFor('other');
    expect((await farm.call('GET', `/v1/uploads/${upload.id}`, { key })).status).toBe(404);
    expect((await farm.call('DELETE', `/v1/uploads/${upload.id}`, { key })).status).toBe(404);
    const job = await farm.call('POST', '/v1/jobs', {
      key,
      json: { input: upload.id, steps: { a: { kind: 'resize', width: 1 } } },
    });
    expect(job.status).toBe(422);
  });
});

async function firstLineAfter(request: string): Promise<string> {
  const socket = connect(Number(new URL(farm.address).port), '127.0.0.1');
  try {
    socket.write(request);
    const [data] = (await new Promise((resolve, reject) => {
      socket.once('data', (chunk) => resolve([chunk]));
      socket.once('error', reject);
      socket.setTimeout(10_000, () => reject(new Error('no answer within 10 s')));
    })) as [Buffer];
    return data.toString().split('\r\n', 1)[0] as string;
  } finally {
    socket.destroy();
  }
}
