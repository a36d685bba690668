import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Process, Task } from '../kind.ts';
import { type Encryption, encryptionJob } from '../media/pdf/encryption.ts';
import { runQpdf } from '../media/pdf/run-qpdf.ts';
import { buildInThread } from './build-in-thread.ts';
import type { PdfParams } from './contract.ts';

/** A PDF from images or text. Layout is long synchronous work, so it runs in a thread and the worker keeps its heartbeat. */
export const process: Process<PdfParams> = async ({ params, inputs, scratch, name, signal, progress }) => {
  const path = join(scratch, 'built.pdf');
  const facts = await buildInThread({ order: { params, inputs, path }, signal, progress });
  const pdf = { name: `${name}.pdf`, mediaType: 'application/pdf' };
  if (params.encrypt === undefined) return [{ ...pdf, path, facts: { ...facts } }];
  const protectedPath = await protect(path, params.encrypt, { scratch, signal, name: pdf.name });
  return [{ ...pdf, path: protectedPath, facts: { ...facts, encrypted: true } }];
};

/** qpdf does it, because pdfkit writes only what ISO 32000-2 calls deprecated. */
async function protect(
  path: string,
  encryption: Encryption,
  place: Pick<Task<PdfParams>, 'scratch' | 'signal' | 'name'>,
): Promise<string> {
  const outputFile = join(place.scratch, 'protected.pdf');
  await runQpdf({ inputFile: path, outputFile, ...encryptionJob(encryption).job }, place);
  await rm(path);
  return outputFile;
}
