/** Makes a stream with the processor itself, and keeps what is public at every moment somebody is told of a rung. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output } from '../../workers/kind.ts';
import { transcodeParams } from '../../workers/transcode/contract.ts';
import { process as transcode } from '../../workers/transcode/process.ts';
import { makeTask } from './make-task.ts';

export interface PublicFile {
  readonly mediaType: string;
  readonly content: Buffer;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface Stage {
  /** The rung that was announced; `end` for what the step returned. */
  readonly name: string;
  /** What a user could fetch then. */
  readonly files: ReadonlyMap<string, PublicFile>;
  readonly fraction: number;
}

export interface MadeStream {
  readonly stages: readonly Stage[];
  /** Of the last stage. */
  readonly files: ReadonlyMap<string, PublicFile>;
  /** Names in the order they were returned. */
  readonly returned: readonly string[];
  readonly fractions: readonly number[];
  /** The folder the stream lies in until the test ends. */
  readonly root: string;
}

/** The step is called `film`. */
export async function makeStream(params: object, input: string, name = 'clip.mp4'): Promise<MadeStream> {
  const task = await makeTask({ params: transcodeParams.parse(params), files: [{ path: input, name }], name: 'film' });
  const files = new Map<string, PublicFile>();
  const stages: Stage[] = [];
  const store = async (outputs: readonly Output[]) => {
    for (const { name: file, path, mediaType, facts } of outputs)
      files.set(file, { mediaType, content: await readFile(path), facts: facts ?? {} });
  };
  const keep = (stage: string) =>
    stages.push({ name: stage, files: new Map(files), fraction: task.fractions.at(-1) ?? 0 });
  const returned = await transcode({
    ...task,
    emit: (output) => store([output]),
    ready: async (rendition, outputs) => {
      await store(outputs);
      keep(rendition);
    },
  });
  await store(returned);
  keep('end');
  return {
    stages,
    files,
    returned: returned.map((output) => output.name),
    fractions: task.fractions,
    root: join(task.scratch, 'ladder'),
  };
}
