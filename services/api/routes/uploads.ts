import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../../shared/errors.ts';
import type { Database } from '../../../shared/ledger/database.ts';
import { createUpload, deleteUpload, readUpload, type StoredUpload } from '../../../shared/ledger/uploads.ts';
import type { Log } from '../../../shared/log.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { acceptUpload, digestUpload, type FileDigest } from '../accept-upload.ts';
import { type Answer, answerOnce, type Settle } from '../answer-once.ts';
import { forgetObjects } from '../forget-objects.ts';
import type { Metrics } from '../metrics.ts';
import { receiveFile } from '../receive-file.ts';
import { hashJson } from '../request-hash.ts';
import { takeRaw } from '../take-bodies.ts';

interface UploadRoutes {
  readonly database: Database;
  readonly store: ObjectStore;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly maxUploadBytes: number;
}

export function routeUploads(app: FastifyInstance, deps: UploadRoutes): void {
  const { maxUploadBytes } = deps;
  app.register(async (scope) => {
    takeRaw(scope);
    scope.post('/v1/uploads', (request, reply) =>
      answerOnce(deps, request, reply, {
        digest: async () => hashUpload(await receiveFile(request, maxUploadBytes, (file) => digestUpload(deps, file))),
        run: (settle) => storeUpload(deps, request, settle),
      }),
    );
  });
  app.get<{ Params: { id: string } }>('/v1/uploads/:id', async (request) => {
    const upload = await readUpload(deps.database, request.caller.tenant, request.params.id);
    if (!upload) throw noUpload(request.params.id);
    return publicUpload(upload);
  });
  app.delete<{ Params: { id: string } }>('/v1/uploads/:id', async (request, reply) => {
    const upload = await deleteUpload(deps.database, request.caller.tenant, request.params.id);
    if (!upload) throw noUpload(request.params.id);
    await forgetObjects(deps, [upload.objectKey]);
    return reply.code(204).send();
  });
}

async function storeUpload(deps: UploadRoutes, request: FastifyRequest, settle: Settle): Promise<Answer> {
  const { tenant } = request.caller;
  const file = await receiveFile(request, deps.maxUploadBytes, (incoming) => acceptUpload(deps, tenant, incoming));
  try {
    const answer = await deps.database.transaction(async (client) => {
      const upload = publicUpload(await createUpload(client, file));
      const created = { status: 201, headers: { location: `/v1/uploads/${upload.id}` }, body: upload };
      await settle(client, hashUpload(file), created);
      return created;
    });
    deps.metrics.uploaded(file.bytes);
    return answer;
  } catch (error) {
    await forgetObjects(deps, [file.objectKey], error);
    throw error;
  }
}

export function publicUpload(upload: StoredUpload) {
  const { id, name, bytes, sha256, mediaType, createdAt } = upload;
  return { id, name, bytes, sha256, mediaType, createdAt };
}

function hashUpload({ name, sha256 }: FileDigest): string {
  return hashJson({ name, sha256 });
}

function noUpload(id: string): AppError {
  return new AppError('not_found', `There is no upload ${id.slice(0, 80)}.`);
}
