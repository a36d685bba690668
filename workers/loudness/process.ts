import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { Process } from '../kind.ts';
import { type Measurement, measureLoudness } from '../media/loudness.ts';
import { onlyInput } from '../media/only-input.ts';
import { openSource } from '../media/open-source.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { expectedOf, refuseCutOff, refuseTruncated } from '../media/verify-output.ts';
import type { LoudnessParams } from './contract.ts';

export const process: Process<LoudnessParams> = async (task) => {
  const source = await openSource(onlyInput(task), task.signal);
  const tracks = source.media.audio.filter(({ codec, channels }) => codec !== 'unknown' && channels > 0);
  if (tracks.length === 0)
    throw new InputError(`"${source.file.name}" has no sound to measure. Send a file with sound.`);
  refuseCutOff(source);
  const measured = [];
  for (const [position, { index, language }] of tracks.entries()) {
    const span = [position / tracks.length, (position + 1) / tracks.length] as const;
    const onProgress = reportFraction(task, source.durationSeconds, span);
    const { loudness, seconds, log } = await measureLoudness(source, index, { signal: task.signal, onProgress });
    refuseTruncated({ ...expectedOf(source), log }, seconds);
    measured.push({ track: position, language, ...describe(loudness) });
  }
  const path = join(task.scratch, 'loudness.json');
  await writeFile(path, `${JSON.stringify({ tracks: measured }, null, 2)}\n`);
  const { lufs = null, truePeak = null, loudnessRange = null } = measured[0] ?? {};
  const facts = { lufs, truePeak, loudnessRange, durationMs: Math.round(source.durationSeconds * 1000) };
  return [{ name: `${task.name}.json`, path, mediaType: 'application/json', facts }];
};

/** LUFS, dBTP and LU; null where there is none. */
function describe({ integrated, truePeak, range }: Measurement['loudness']) {
  return { lufs: integrated ?? null, truePeak: truePeak ?? null, loudnessRange: range ?? null };
}
