import type { FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify';
import type { Database, Queryable } from '../../shared/ledger/database.ts';
import { type Answer, answerOnce } from './answer-once.ts';
import { hashJson } from './request-hash.ts';

type Work<Route extends RouteGenericInterface> = (request: FastifyRequest<Route>, client: Queryable) => Promise<Answer>;

/** The handler of a POST with a small JSON body: its effect, and the answer for its Idempotency-Key, are one transaction. */
export function postOnce<Route extends RouteGenericInterface = RouteGenericInterface>(
  deps: { readonly database: Database },
  work: Work<Route>,
): (request: FastifyRequest<Route>, reply: FastifyReply) => Promise<FastifyReply> {
  return (request, reply) => {
    const hash = () => hashJson(request.body ?? null);
    return answerOnce(deps, request as FastifyRequest, reply, {
      digest: async () => hash(),
      run: (settle) =>
        deps.database.transaction(async (client) => {
          const answer = await work(request, client);
          await settle(client, hash(), answer);
          return answer;
        }),
    });
  };
}
