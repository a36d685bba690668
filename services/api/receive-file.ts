import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../shared/errors.ts';
import type { IncomingFile } from './accept-upload.ts';
import { keepableName } from './file-name.ts';
import { tooLarge } from './meter-body.ts';

/** The part of a form that is the file; the frame around it is small. */
const filePart = 'file';
const formOverheadBytes = 64 * 1024;

/** Finds the one file of a request, the part `file` of a form or the raw body (`?name=`), and hands it to `take` while it arrives. */
export async function receiveFile<T>(
  request: FastifyRequest,
  maxBytes: number,
  take: (file: IncomingFile) => Promise<T>,
): Promise<T> {
  refuseDeclaredSize(request, maxBytes + (request.isMultipart() ? formOverheadBytes : 0), maxBytes);
  if (request.isMultipart()) return await receiveForm(request, take);
  const { name } = request.query as { name?: string | string[] };
  if (Array.isArray(name)) {
    const detail = `given ${name.length} times; expected one name for the one file`;
    throw new AppError('invalid_request', `name: ${detail}.`, { errors: [{ pointer: '/name', detail }] });
  }
  return await take({ name: keepableName(name), body: request.raw });
}

export function refuseDeclaredSize(request: FastifyRequest, limit: number, maxBytes: number): void {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limit) throw tooLarge(maxBytes);
}

async function receiveForm<T>(request: FastifyRequest, take: (file: IncomingFile) => Promise<T>): Promise<T> {
  const others: string[] = [];
  let taken: { result: T } | undefined;
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      others.push(part.fieldname);
      if (part.fieldname === filePart) throw fileWithoutName();
    } else if (part.fieldname === filePart && !taken) {
      taken = { result: await take(incomingFile(part)) };
    } else {
      others.push(part.fieldname);
      part.file.resume();
    }
  }
  if (taken) return taken.result;
  const came =
    others.length === 0 ? 'the form is empty' : `the form has ${others.map((name) => `"${name}"`).join(', ')}`;
  throw new AppError(
    'invalid_request',
    `Expected a file in the part "${filePart}"; ${came}. Send it as -F file=@photo.jpg.`,
    {
      errors: [{ pointer: `/${filePart}`, detail: `missing; expected a file part of this name, ${came}` }],
    },
  );
}

/** A part without `filename` is text to every form parser (RFC 7578 §4.2). */
function fileWithoutName(): AppError {
  const detail = 'is text, not a file: it carries no file name; send it as -F file=@photo.jpg';
  return new AppError('invalid_request', `The part "${filePart}" ${detail}.`, {
    errors: [{ pointer: `/${filePart}`, detail }],
  });
}

export function incomingFile(part: MultipartFile): IncomingFile {
  return { name: keepableName(part.filename), body: part.file };
}
