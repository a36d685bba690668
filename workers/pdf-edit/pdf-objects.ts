import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runQpdf } from '../media/pdf/run-qpdf.ts';
import { type EditTask, rewrite, type Work } from './work.ts';

export type Dictionary = Readonly<Record<string, unknown>>;
interface Found {
  readonly value?: Dictionary;
  readonly stream?: { readonly data?: string };
}

interface QpdfJson {
  readonly qpdf: readonly [{ readonly maxobjectid: number }, Readonly<Record<string, Found>>];
}

export interface ReadObject {
  readonly header: QpdfJson['qpdf'][0];
  readonly value: Dictionary;
  /** Decoded; empty when it is no stream. */
  readonly stream: Buffer;
}

/** One object (`12 0 R`) or the trailer, and how many there are. */
export async function readObject(task: EditTask, work: Work, object: string): Promise<ReadObject> {
  const jsonObject = object === 'trailer' ? object : object.replace(/^(\d+) (\d+) R$/, '$1,$2');
  const job = {
    inputFile: work.path,
    json: '2',
    jsonKey: ['qpdf'],
    jsonObject: [jsonObject],
    jsonStreamData: 'inline',
    decodeLevel: 'generalized',
  };
  const { stdout } = await runQpdf(job, { ...task, name: work.name });
  const { qpdf } = JSON.parse(stdout.toString('utf8')) as QpdfJson;
  const [header, objects] = qpdf;
  const found = Object.values(objects)[0];
  return { header, value: found?.value ?? {}, stream: Buffer.from(found?.stream?.data ?? '', 'base64') };
}

/** Puts objects in place of others, as qpdf's JSON says them. */
export async function updateObjects(task: EditTask, work: Work, qpdf: readonly unknown[]): Promise<Work> {
  const path = join(task.scratch, `update-${randomUUID()}.json`);
  await writeFile(path, JSON.stringify({ version: 2, parameters: { decodelevel: 'none' }, qpdf }));
  const updated = await rewrite(task, work, { updateFromJson: path });
  await rm(path);
  return updated;
}
