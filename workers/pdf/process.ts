import { join } from 'node:path';
import type { Process } from '../kind.ts';
import { buildInThread } from './build-in-thread.ts';
import type { PdfParams } from './contract.ts';

/** A PDF from images or text. Layout is long synchronous work, so it runs in a thread and the worker keeps its heartbeat. */
export const process: Process<PdfParams> = async ({ params, inputs, scratch, name, signal, progress }) => {
  const path = join(scratch, 'built.pdf');
  const facts = await buildInThread({ order: { params, inputs, path }, signal, progress });
  return [{ name: `${name}.pdf`, path, mediaType: 'application/pdf', facts: { ...facts } }];
};
