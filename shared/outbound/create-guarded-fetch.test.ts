import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { RequestFilteringHttpAgent } from 'request-filtering-agent';
import { afterEach, describe, expect, it } from 'vitest';
import type { Resolve } from './connect-guarded.ts';
import { createGuardedFetch, type GuardedFetch, type GuardedRequest } from './create-guarded-fetch.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const request: GuardedRequest = {
  totalTimeoutMs: 5000,
  idleTimeoutMs: 5000,
  limit: { maxBytes: 1000, excess: 'fail' },
};

function guardedFetch(allowCidrs: readonly string[], resolve?: Resolve): GuardedFetch {
  const guarded = createGuardedFetch({ allowCidrs, ...(resolve && { resolve }) });
  closers.push(() => guarded.close());
  return guarded;
}

async function listen(server: Server | ReturnType<typeof createTcpServer>, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  closers.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

async function serve(listener: RequestListener): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.headers.host}${incoming.url}`);
    listener(incoming, outgoing);
  });
  return { port: await listen(server), seen };
}

const loopback = ['127.0.0.1/32'];

describe('createGuardedFetch', () => {
  it('brings an answer from an allowed address', async () => {
    const { port } = await serve((_incoming, outgoing) => outgoing.writeHead(201, { 'x-a': ['1', '2'] }).end('hello'));
    const answer = await guardedFetch(loopback).request(`http://127.0.0.1:${port}/`, request);
    expect([answer.status, answer.headers['x-a'], await text(answer.body)]).toEqual([201, '1, 2', 'hello']);
  });

  it.each([
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
  ])('never connects to %s', async (host) => {
    const { port, seen } = await serve((_incoming, outgoing) => outgoing.end('secret'));
    const call = guardedFetch([]).request(`http://${host}:${port}/`, request);
    await expect(call).rejects.toMatchObject({ code: 'address_refused', retryable: false });
    expect(seen).toEqual([]);
  });

  it('agrees with request-filtering-agent, an independent implementation', async () => {
    const { port, seen } = await serve((_incoming, outgoing) => outgoing.end('secret'));
    const agent = new RequestFilteringHttpAgent();
    const { get } = await import('node:http');
    const error = await new Promise((resolve) => get(`http://127.0.0.1:${port}/`, { agent }).on('error', resolve));
    expect(String(error)).toMatch(/not allowed/);
    expect(seen).toEqual([]);
  });

  it('refuses a name when any of its addresses is private', async () => {
    const { port, seen } = await serve((_incoming, outgoing) => outgoing.end());
    const guarded = guardedFetch(loopback, async () => [
      { address: '127.0.0.1', family: 4 },
      { address: '10.0.0.1', family: 4 },
    ]);
    await expect(guarded.request(`http://mixed.test:${port}/`, request)).rejects.toMatchObject({
      failure: 'address_refused',
    });
    expect(seen).toEqual([]);
  });

  it('connects to the very address it checked, although the name changes its mind (DNS rebinding)', async () => {
    const { port, seen } = await serve((_incoming, outgoing) => outgoing.setHeader('connection', 'close').end('ok'));
    let asked = 0;
    const rebinding: Resolve = async () => {
      asked += 1;
      return [asked === 1 ? { address: '127.0.0.1', family: 4 } : { address: '127.0.0.2', family: 4 }];
    };
    const guarded = guardedFetch(loopback, rebinding);
    const first = await guarded.request(`http://rebind.test:${port}/`, request);
    expect([await text(first.body), asked]).toEqual(['ok', 1]);
    await expect(guarded.request(`http://rebind.test:${port}/`, request)).rejects.toMatchObject({
      failure: 'address_refused',
    });
    expect(seen).toEqual([`GET rebind.test:${port}/`]);
  });

  it('hands a redirect back as the answer unless asked to follow', async () => {
    const { port } = await serve((_incoming, outgoing) => outgoing.writeHead(302, { location: '/elsewhere' }).end());
    const answer = await guardedFetch(loopback).request(`http://127.0.0.1:${port}/`, request);
    answer.body.destroy();
    expect(answer.status).toBe(302);
  });

  it('follows redirects and says where it ended', async () => {
    const { port } = await serve((incoming, outgoing) => {
      if (incoming.url === '/final') outgoing.end('there');
      else outgoing.writeHead(302, { location: '/final' }).end('moved');
    });
    const answer = await guardedFetch(loopback).request(`http://127.0.0.1:${port}/`, { ...request, maxRedirects: 5 });
    expect([await text(answer.body), answer.url]).toEqual(['there', `http://127.0.0.1:${port}/final`]);
  });

  it.each([
    ['another loopback address', (port: number) => `http://127.0.0.2:${port}/`],
    ['the cloud metadata service', () => 'http://169.254.169.254/latest'],
    ['a file', () => 'file:///etc/passwd'],
    ['a mail server', () => 'http://127.0.0.1:25/'],
  ])('does not follow a redirect to %s', async (_what, target) => {
    const trap = await serve((_incoming, outgoing) => outgoing.end('secret'));
    const { port } = await serve((_incoming, outgoing) =>
      outgoing.writeHead(307, { location: target(trap.port) }).end(),
    );
    const call = guardedFetch(loopback).request(`http://127.0.0.1:${port}/`, { ...request, maxRedirects: 5 });
    await expect(call).rejects.toMatchObject({ failure: 'address_refused' });
    expect(trap.seen).toEqual([]);
  });

  it('gives up on redirects after the maximum', async () => {
    const { port, seen } = await serve((_incoming, outgoing) => outgoing.writeHead(302, { location: '/again' }).end());
    const call = guardedFetch(loopback).request(`http://127.0.0.1:${port}/`, { ...request, maxRedirects: 5 });
    await expect(call).rejects.toMatchObject({ failure: 'too_many_redirects', retryable: false });
    expect(seen).toHaveLength(6);
  });

  it('ends a body that drips forever when the total time is over', async () => {
    const { port } = await serve((_incoming, outgoing) => {
      const timer = setInterval(() => outgoing.write('.'), 20);
      outgoing.on('close', () => clearInterval(timer));
    });
    const answer = await guardedFetch(loopback).request(`http://127.0.0.1:${port}/`, {
      ...request,
      totalTimeoutMs: 300,
    });
    await expect(text(answer.body)).rejects.toMatchObject({ failure: 'timeout', retryable: true });
  });

  it('ends a server that never answers when the total time is over', async () => {
    const port = await listen(createTcpServer((socket) => socket.resume()));
    const call = guardedFetch(loopback).request(`http://127.0.0.1:${port}/`, { ...request, totalTimeoutMs: 200 });
    await expect(call).rejects.toMatchObject({ failure: 'timeout' });
  });

  it('fails on a body that says it is too large, before reading it', async () => {
    const { port } = await serve((_incoming, outgoing) => outgoing.end('x'.repeat(1001)));
    const call = guardedFetch(loopback).request(`http://127.0.0.1:${port}/`, request);
    await expect(call).rejects.toMatchObject({ failure: 'too_large', retryable: false });
  });

  it('fails on a body that turns out too large, and stops the sender', async () => {
    let stopped: () => void = () => undefined;
    const senderStopped = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    const { port } = await serve((_incoming, outgoing) => {
      const more = () => void (outgoing.destroyed || outgoing.write('x'.repeat(10_000), () => setImmediate(more)));
      outgoing.on('close', stopped);
      more();
    });
    const answer = await guardedFetch(loopback).request(`http://127.0.0.1:${port}/`, request);
    await expect(text(answer.body)).rejects.toMatchObject({ code: 'payload_too_large' });
    await senderStopped;
  });

  it('cuts the body where the caller wants no more', async () => {
    const { port } = await serve((_incoming, outgoing) => outgoing.end('x'.repeat(5000)));
    const limit = { maxBytes: 1000, excess: 'truncate' } as const;
    const answer = await guardedFetch(loopback).request(`http://127.0.0.1:${port}/`, { ...request, limit });
    expect(await text(answer.body)).toHaveLength(1000);
  });

  it('lets a caller leave at any time, and throws the reason given', async () => {
    const { port } = await serve((_incoming, outgoing) => outgoing.write('first'));
    const controller = new AbortController();
    const reason = new Error('shutting down');
    const guarded = guardedFetch(loopback);
    const answer = await guarded.request(`http://127.0.0.1:${port}/`, { ...request, signal: controller.signal });
    controller.abort(reason);
    await expect(text(answer.body)).rejects.toBe(reason);
    await expect(guarded.request(`http://127.0.0.1:${port}/`, { ...request, signal: controller.signal })).rejects.toBe(
      reason,
    );
  });

  it('says why a server could not be reached', async () => {
    const closed = createTcpServer();
    const port = await listen(closed);
    await new Promise((resolve) => closed.close(resolve));
    const nowhere: Resolve = async () => {
      throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    };
    await expect(guardedFetch(loopback).request(`http://127.0.0.1:${port}/`, request)).rejects.toMatchObject({
      failure: 'refused',
      retryable: true,
    });
    await expect(guardedFetch([], nowhere).request('http://gone.test/', request)).rejects.toMatchObject({
      failure: 'dns',
      retryable: true,
    });
  });

  it('does not let HTTP_PROXY lead around the guard', async () => {
    const proxy = await serve((_incoming, outgoing) => outgoing.end('through the proxy'));
    const saved = process.env.HTTP_PROXY;
    process.env.HTTP_PROXY = `http://127.0.0.1:${proxy.port}`;
    try {
      await expect(guardedFetch([]).request('http://10.0.0.1/', request)).rejects.toMatchObject({
        failure: 'address_refused',
      });
      const { port } = await serve((_incoming, outgoing) => outgoing.end('direct'));
      const answer = await guardedFetch(loopback).request(`http://127.0.0.1:${port}/`, request);
      expect(await text(answer.body)).toBe('direct');
      expect(proxy.seen).toEqual([]);
    } finally {
      if (saved === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = saved;
    }
  });
});
