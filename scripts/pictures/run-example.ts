import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runStep, type Written } from '../../workers/step/run-step.ts';
import type { Example } from './read-examples.ts';
import { makeSource } from './sources/make-source.ts';

/** Runs an example as `npm run step` would, on its own copies, and hands what it wrote to `look` before all is removed. */
export async function runExample<T>(example: Example, look: (written: readonly Written[]) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'mediafarm-pictures-'));
  try {
    const files = await Promise.all(
      example.use.map(async (name) => {
        const { file, bytes } = await makeSource(name);
        await writeFile(join(folder, file), bytes);
        return join(folder, file);
      }),
    );
    const { kind, params } = example;
    const step = { kind, files, params, out: join(folder, 'out') };
    return await look(await runStep(step, AbortSignal.timeout(120_000), () => undefined));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
