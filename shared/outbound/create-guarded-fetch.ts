import { lookup } from 'node:dns/promises';
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { type BodyLimit, boundBody, tooLarge } from './bound-body.ts';
import { checkUrl } from './check-url-shape.ts';
import { connectGuarded, type Resolve } from './connect-guarded.ts';
import { type AddressGuard, createAddressGuard } from './create-address-guard.ts';
import { OutboundError } from './outbound-error.ts';
import { startDeadline } from './start-deadline.ts';

export interface GuardedRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** From the start to the last byte of the body, redirects included. */
  readonly totalTimeoutMs: number;
  /** Longest silence before the headers and between two pieces of the body. */
  readonly idleTimeoutMs: number;
  /** Caps the body of the answer. */
  readonly limit: BodyLimit;
  /** Followed for GET only, each hop checked like the first. Default 0: a 3xx is the answer. */
  readonly maxRedirects?: number;
}

export interface GuardedResponse {
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly status: number;
  /** Names in lower case; repeated ones joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Must be read or destroyed. Errors are AppErrors (OutboundError). */
  readonly body: Readable;
}

/** The only way out of the farm to addresses that users name: webhooks and URL imports. */
export interface GuardedFetch {
  /** @throws OutboundError; the reason of `signal` when that aborted. */
  request(url: string, request: GuardedRequest): Promise<GuardedResponse>;
  /** Breaks what still runs. */
  close(): Promise<void>;
}

interface GuardedFetchOptions {
  /** Private ranges that may be reached all the same; FARM_OUTBOUND_ALLOW_CIDRS. */
  readonly allowCidrs: readonly string[];
  /** DNS, for tests. */
  readonly resolve?: Resolve;
  readonly connectTimeoutMs?: number;
}

const defaultConnectTimeoutMs = 10_000;

/**
 * undici's own Agent on purpose: it reads no HTTP_PROXY, which would resolve names behind the guard's back, and follows no
 * redirects by itself. Facts behind the guard: design §7, RFC 6890 for the address ranges.
 */
export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const guard = createAddressGuard(options.allowCidrs);
  const agent = new Agent({
    connect: connectGuarded(guard, {
      resolve: options.resolve ?? ((hostname) => lookup(hostname, { all: true })),
      connectTimeoutMs: options.connectTimeoutMs ?? defaultConnectTimeoutMs,
    }),
    keepAliveTimeout: 5000,
    maxHeaderSize: 32_768,
  });
  return {
    request: (url, request) => runRequest(agent, guard, url, request),
    close: () => agent.destroy(),
  };
}

async function runRequest(
  agent: Agent,
  guard: AddressGuard,
  url: string,
  request: GuardedRequest,
): Promise<GuardedResponse> {
  const deadline = startDeadline(request.totalTimeoutMs, request.signal);
  try {
    const { answer, finalUrl } = await follow(agent, guard, url, request, deadline.signal);
    if (request.limit.excess === 'fail' && Number(answer.headers['content-length'] ?? 0) > request.limit.maxBytes) {
      discard(answer);
      throw tooLarge(request.limit.maxBytes);
    }
    return {
      url: finalUrl,
      status: answer.statusCode,
      headers: joinHeaders(answer.headers),
      body: boundBody(answer.body, request.limit, deadline),
    };
  } catch (error) {
    deadline.clear();
    throw deadline.explain(error);
  }
}

async function follow(
  agent: Agent,
  guard: AddressGuard,
  url: string,
  request: GuardedRequest,
  signal: AbortSignal,
): Promise<{ answer: Dispatcher.ResponseData; finalUrl: string }> {
  const maxRedirects = request.maxRedirects ?? 0;
  let current = url;
  for (let hop = 0; ; hop += 1) {
    const answer = await callOnce(agent, guard, current, request, signal);
    const location = maxRedirects > 0 ? redirectTarget(answer, current) : undefined;
    if (location === undefined) return { answer, finalUrl: current };
    discard(answer);
    if (hop === maxRedirects) {
      throw new OutboundError('too_many_redirects', `The address redirects more than ${maxRedirects} times.`);
    }
    current = location;
  }
}

async function callOnce(
  agent: Agent,
  guard: AddressGuard,
  text: string,
  request: GuardedRequest,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const fault = checkUrl(text, guard);
  if (fault !== undefined) throw new OutboundError('address_refused', `The address cannot be called: ${fault}.`);
  const url = new URL(text);
  return await agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: request.method ?? 'GET',
    headers: { ...request.headers },
    body: request.body ?? null,
    headersTimeout: request.idleTimeoutMs,
    bodyTimeout: request.idleTimeoutMs,
    signal,
  });
}

const redirectStatuses = [301, 302, 303, 307, 308];

function redirectTarget(answer: Dispatcher.ResponseData, base: string): string | undefined {
  const location = answer.headers.location;
  if (!redirectStatuses.includes(answer.statusCode) || typeof location !== 'string') return undefined;
  if (!URL.canParse(location, base)) throw new OutboundError('bad_response', 'The address redirects to no valid URL.');
  return new URL(location, base).href;
}

function discard(answer: Dispatcher.ResponseData): void {
  answer.body.on('error', () => undefined).destroy();
}

function joinHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
