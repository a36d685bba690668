import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { MediaFacts } from '../../shared/messages/job.ts';
import type { InputFile, Output, Process, Task } from '../kind.ts';
import { sniffDemuxer } from '../media/sniff-demuxer.ts';
import { sniffBytes, sniffImage } from '../media/sniff-image.ts';
import type { InspectParams } from './contract.ts';
import { inspectImage } from './inspect-image.ts';
import { inspectMedia } from './inspect-media.ts';
import { inspectPdf } from './inspect-pdf.ts';

/** One JSON file for each input; the same facts stand on the output, so the job itself tells them. */
export const process: Process<InspectParams> = async (task) => {
  const outputs: Output[] = [];
  for (const [index, input] of task.inputs.entries()) {
    task.signal.throwIfAborted();
    const name = task.inputs.length === 1 ? `${task.name}.json` : `${task.name}-${index + 1}.json`;
    const path = join(task.scratch, name);
    const facts = await inspect(input, task);
    await writeFile(path, `${JSON.stringify(facts, null, 2)}\n`);
    outputs.push({ name, path, mediaType: 'application/json', facts });
    task.progress((index + 1) / task.inputs.length);
  }
  return outputs;
};

async function inspect(input: InputFile, { params, signal }: Task<InspectParams>): Promise<MediaFacts> {
  const source = { name: input.name, bytes: input.bytes, mediaType: input.mediaType };
  const format = sniffImage(await readHead(input.path));
  if (format === 'pdf') return { source, type: 'pdf', ...(await inspectPdf(input, signal)) };
  if (format !== undefined) return { source, type: 'image', ...(await inspectImage(input, params, signal)) };
  if ((await sniffDemuxer(input.path)) !== undefined) return { source, ...(await inspectMedia(input, signal)) };
  throw new InputError(
    input.bytes === 0
      ? `“${input.name}” is empty. Send it again.`
      : `“${input.name}” is neither a picture nor a PDF, a video or a sound that can be read here.`,
  );
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sniffBytes), 0, sniffBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
