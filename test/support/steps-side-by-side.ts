/**
 * `steps-side-by-side.ts BUDGET FILE PARAMS…`: runs `resize` on one file once for each PARAMS (JSON), all at once in this
 * process as the slots of one worker do, with so many bytes for them together.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configureSharp } from '../../workers/media/configure-sharp.ts';
import { configureMemory } from '../../workers/media/memory-gate.ts';
import { resizeParams } from '../../workers/resize/contract.ts';
import { process as resize } from '../../workers/resize/process.ts';

const [budget, path = '', ...wishes] = process.argv.slice(2);
configureSharp(1);
configureMemory(Number(budget));
const scratch = await mkdtemp(join(tmpdir(), 'farm-side-'));
const { size } = await stat(path);
try {
  await Promise.all(
    wishes.map(async (wish, index) => {
      await resize({
        params: resizeParams.parse(JSON.parse(wish)),
        inputs: [{ path, bytes: size, name: 'large.jpg', reference: 'input', mediaType: 'image/jpeg' }],
        scratch,
        name: `s${index}`,
        signal: new AbortController().signal,
        progress: () => {},
        emit: async () => {},
        ready: async () => {},
      });
    }),
  );
} finally {
  await rm(scratch, { recursive: true, force: true });
}
