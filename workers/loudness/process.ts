import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { Process } from '../kind.ts';
import { type Measurement, measureLoudness } from '../media/loudness.ts';
import { onlyInput } from '../media/only-input.ts';
import { openSource } from '../media/open-source.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { expectedOf, refuseTruncated } from '../media/verify-output.ts';
import type { LoudnessParams } from './contract.ts';

/** Only the second pass of a correction depends on it. */
const anyTarget = { lufs: -23, truePeak: -1.5 };

export const process: Process<LoudnessParams> = async (task) => {
  const source = await openSource(onlyInput(task), task.signal);
  const tracks = source.media.audio.filter(({ codec, channels }) => codec !== 'unknown' && channels > 0);
  if (tracks.length === 0)
    throw new InputError(`"${source.file.name}" has no sound to measure. Send a file with sound.`);
  const measured = [];
  for (const [position, { index, language }] of tracks.entries()) {
    const span = [position / tracks.length, (position + 1) / tracks.length] as const;
    const onProgress = reportFraction(task, source.durationSeconds, span);
    const { loudness, seconds, log } = await measureLoudness(source, index, anyTarget, {
      signal: task.signal,
      onProgress,
    });
    refuseTruncated({ ...expectedOf(source), log }, seconds);
    measured.push({ track: position, language, ...describe(loudness) });
  }
  const path = join(task.scratch, 'loudness.json');
  await writeFile(path, `${JSON.stringify({ tracks: measured }, null, 2)}\n`);
  const { lufs, truePeak, loudnessRange } = measured[0] ?? describe(undefined);
  const facts = { lufs, truePeak, loudnessRange, durationMs: Math.round(source.durationSeconds * 1000) };
  return [{ name: `${task.name}.json`, path, mediaType: 'application/json', facts }];
};

/** LUFS, dBTP and LU; null for silence. */
function describe(loudness: Measurement['loudness']) {
  return {
    lufs: loudness?.integrated ?? null,
    truePeak: loudness?.truePeak ?? null,
    loudnessRange: loudness?.range ?? null,
  };
}
