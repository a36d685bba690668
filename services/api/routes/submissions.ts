import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Log } from '../../../shared/log.ts';
import { acceptUpload, digestUpload, type FileDigest, type NewUpload } from '../accept-upload.ts';
import { type Answer, answerOnce, type Settle } from '../answer-once.ts';
import { checkJob } from '../check-job.ts';
import { forgetObjects } from '../forget-objects.ts';
import type { JobRules } from '../job-plan.ts';
import { toProblem } from '../problem.ts';
import { receiveJobForm } from '../receive-job-form.ts';
import { submitterOf } from '../request-context.ts';
import { hashJson } from '../request-hash.ts';
import { type BatchAnswer, submitBatch } from '../submit-batch.ts';
import { type AttachedFiles, type SubmitDeps, submitJob } from '../submit-job.ts';
import { accepted } from './jobs.ts';

interface SubmissionRoutes extends SubmitDeps {
  readonly log: Log;
  readonly maxUploadBytes: number;
}

const batchBodyBytes = 32 * 1024 * 1024;
const noFiles: AttachedFiles = new Map();

/** Making jobs. Back pressure is felt before the body is read. */
export function routeSubmissions(app: FastifyInstance, deps: SubmissionRoutes): void {
  const admit = async (request: FastifyRequest) => deps.admission.admit(request.caller.tenant);
  app.post('/v1/jobs', { onRequest: admit }, (request, reply) =>
    answerOnce(deps, request, reply, request.isMultipart() ? formWork(deps, request) : jsonWork(deps, request)),
  );
  app.post('/v1/jobs/batch', { onRequest: admit, bodyLimit: batchBodyBytes }, (request, reply) =>
    answerOnce(deps, request, reply, {
      digest: async () => hashJson(request.body),
      run: (settle) => runBatch(deps, request, settle),
    }),
  );
}

function jsonWork(deps: SubmissionRoutes, request: FastifyRequest) {
  const requestHash = () => hashJson(request.body ?? null);
  return {
    digest: async () => requestHash(),
    run: async (settle: Settle): Promise<Answer> => {
      const job = await submitJob(deps, submitterOf(request), request.body, noFiles, (client, [written]) =>
        settle(client, requestHash(), accepted(written as never)),
      );
      return accepted(job);
    },
  };
}

function formWork(deps: SubmissionRoutes, request: FastifyRequest) {
  return {
    digest: async () => {
      const form = await receiveJobForm(request, {
        document: () => undefined,
        file: (file) => digestUpload(deps, file),
      });
      return hashForm(form.document, form.files);
    },
    run: (settle: Settle) => runForm(deps, request, settle),
  };
}

async function runForm(deps: SubmissionRoutes, request: FastifyRequest, settle: Settle): Promise<Answer> {
  const submitter = submitterOf(request);
  const stored: NewUpload[] = [];
  try {
    const { document, files } = await receiveJobForm(request, {
      document: (sent) => checkEarly(sent, deps.rules),
      file: async (file) => {
        const upload = await acceptUpload(deps, submitter.tenant, file);
        stored.push(upload);
        return upload;
      },
    });
    const job = await submitJob(deps, submitter, document, files, (client, [written]) =>
      settle(client, hashForm(document, files), accepted(written as never)),
    );
    return accepted(job);
  } catch (error) {
    await forgetObjects(
      deps,
      stored.map((upload) => upload.objectKey),
      error,
    );
    throw error;
  }
}

/** Everything but the names of the files, which have not come yet. */
function checkEarly(document: unknown, rules: JobRules): void {
  checkJob(document, rules, 'any');
}

async function runBatch(deps: SubmissionRoutes, request: FastifyRequest, settle: Settle): Promise<Answer> {
  const toAnswer = (answers: readonly BatchAnswer[]): Answer => ({
    status: 200,
    body: { data: answers.map((answer) => batchItem(answer, request.id)) },
  });
  const answers = await submitBatch(deps, submitterOf(request), request.body, (client, written) =>
    settle(client, hashJson(request.body), toAnswer(written)),
  );
  return toAnswer(answers);
}

function batchItem(answer: BatchAnswer, requestId: string) {
  if ('job' in answer) return { status: 202, job: answer.job };
  const problem = toProblem(answer.fault, requestId);
  return { status: problem.status, problem };
}

function hashForm(document: unknown, files: ReadonlyMap<string, FileDigest>): string {
  return hashJson({ document, files: [...files].map(([input, { name, sha256 }]) => ({ input, name, sha256 })) });
}
