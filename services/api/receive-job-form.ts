import type { Multipart } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../shared/errors.ts';
import { namePattern } from '../../shared/messages/job.ts';
import type { IncomingFile } from './accept-upload.ts';
import { maxInputsPerJob, refusal } from './check-job.ts';
import { parseJson } from './parse-json.ts';
import { incomingFile } from './receive-file.ts';

const jobPart = 'job';
const maxDocumentBytes = 2 * 1024 * 1024;

interface FormReader<T> {
  /** Called with the job before any file is read, so that a faulty job costs no upload. */
  document(document: unknown): void;
  file(file: IncomingFile): Promise<T>;
}

/** One request with everything: the part `job` (JSON), then the files, each under the name of the input it is. */
export async function receiveJobForm<T>(
  request: FastifyRequest,
  reader: FormReader<T>,
): Promise<{ readonly document: unknown; readonly files: ReadonlyMap<string, T> }> {
  let document: { readonly value: unknown } | undefined;
  const files = new Map<string, T>();
  for await (const part of request.parts()) {
    if (part.fieldname === jobPart && !document) {
      document = { value: await readDocument(part) };
      reader.document(document.value);
      continue;
    }
    if (!document) throw misplaced(part.fieldname);
    if (part.type === 'field') throw unexpectedField(part.fieldname);
    checkPartName(part.fieldname, files);
    files.set(part.fieldname, await reader.file(incomingFile(part)));
  }
  if (!document) {
    throw refusal([{ pointer: `/${jobPart}`, detail: 'missing; expected the part "job" with the JSON of the job' }]);
  }
  return { document: document.value, files };
}

/** curl sends `-F job=@job.json` as a file, `;type=application/json` too, `-F 'job={…}'` as a field. */
async function readDocument(part: Multipart): Promise<unknown> {
  if (part.type === 'field') {
    if (part.valueTruncated) throw documentTooLarge();
    return parseJson(part.value as string);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of part.file as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxDocumentBytes) throw documentTooLarge();
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks).toString('utf8'));
}

function checkPartName<T>(name: string, files: ReadonlyMap<string, T>): void {
  const fault = !namePattern.test(name)
    ? 'expected 1–64 letters, digits, - or _ as the name of a file part: it names the input'
    : files.has(name)
      ? 'a second file part has this name'
      : files.size >= maxInputsPerJob
        ? `a job has at most ${maxInputsPerJob} inputs`
        : undefined;
  if (fault) throw refusal([{ pointer: `/inputs/${name}`, detail: fault }]);
}

function misplaced(name: string): AppError {
  return refusal([{ pointer: `/${jobPart}`, detail: `the part "job" must come first, before "${name}"` }]);
}

function unexpectedField(name: string): AppError {
  const detail = `"${name}" is not a file; everything but "job" must be a file part, sent as -F ${name}=@file`;
  return refusal([{ pointer: `/inputs/${name}`, detail }]);
}

function documentTooLarge(): AppError {
  return new AppError('payload_too_large', `The part "job" is larger than ${maxDocumentBytes} bytes.`);
}
