import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../shared/errors.ts';
import type { Database, Queryable } from '../../shared/ledger/database.ts';
import {
  beginIdempotent,
  type Claim,
  finishIdempotent,
  type KeptAnswer,
  leaseSeconds,
  releaseIdempotent,
  renewIdempotent,
} from '../../shared/ledger/idempotency.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Keeps the answer in the transaction that has the effect, so that neither exists without the other. */
export type Settle = (client: Queryable, requestHash: string, answer: Answer) => Promise<void>;

export interface OnceWork {
  /** Reads the request without any effect, to compare it with the first one of the same key. */
  digest(): Promise<string>;
  /** Has the effect. Calls `settle` once, in its transaction. */
  run(settle: Settle): Promise<Answer>;
}

interface OnceDeps {
  readonly database: Database;
}

const maxKeyLength = 255;
const renewEveryMs = (leaseSeconds * 1000) / 3;

/**
 * Carries out a POST; with an Idempotency-Key at most once. Only what was carried out is kept for replay: a refused request
 * (4xx, 5xx) leaves the key free, so that it can be sent again, mended or later.
 */
export async function answerOnce(
  deps: OnceDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  work: OnceWork,
): Promise<FastifyReply> {
  const key = readKey(request);
  if (key === undefined) return send(reply, keep(await work.run(async () => undefined)));
  const route = `${request.method} ${request.url.split('?', 1)[0]}`;
  const { kept, replayed } = await carryOut(deps, { tenant: request.caller.tenant, key, route }, work);
  if (replayed) reply.header('idempotency-replayed', 'true');
  return send(reply, kept);
}

/** The same for callers that do not speak HTTP. */
export async function carryOut(
  deps: OnceDeps,
  identity: { readonly tenant: string; readonly key: string; readonly route: string },
  work: OnceWork,
): Promise<{ readonly kept: KeptAnswer; readonly replayed: boolean }> {
  const begun = await beginIdempotent(deps.database, identity);
  if (begun.state === 'claimed') return { kept: await runClaimed(deps, begun.claim, work), replayed: false };
  if (begun.state === 'running') {
    throw new AppError(
      'idempotency_in_progress',
      'The first request with this Idempotency-Key is still running; ask again in a moment for its answer.',
      { retryable: true, retryAfterSeconds: 1 },
    );
  }
  if (begun.route !== identity.route || begun.requestHash !== (await work.digest())) {
    throw new AppError(
      'idempotency_conflict',
      'This Idempotency-Key belongs to another request; use a new key for a new request.',
    );
  }
  return { kept: begun.answer, replayed: true };
}

async function runClaimed(deps: OnceDeps, claim: Claim, work: OnceWork): Promise<KeptAnswer> {
  const renewal = setInterval(() => {
    renewIdempotent(deps.database, claim).catch(() => undefined);
  }, renewEveryMs);
  try {
    return keep(
      await work.run((client, requestHash, answer) => finishIdempotent(client, claim, requestHash, keep(answer))),
    );
  } catch (error) {
    await releaseIdempotent(deps.database, claim).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

function readKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && key.length > 0 && key.length <= maxKeyLength) return key;
  throw new AppError('malformed_request', `Idempotency-Key: expected 1 to ${maxKeyLength} characters.`);
}

function keep(answer: Answer): KeptAnswer {
  return { status: answer.status, headers: answer.headers ?? {}, body: JSON.stringify(answer.body) };
}

function send(reply: FastifyReply, kept: KeptAnswer): FastifyReply {
  return reply.code(kept.status).headers(kept.headers).type('application/json; charset=utf-8').send(kept.body);
}
