import { flacInMp4 } from '../../media/encoders.ts';
import { guardedInput } from '../../media/probe-media.ts';
import { runTool } from '../../media/run-tool.ts';
import type { AudioPlan, Plan } from '../plan.ts';
import { pieceOf } from './sound-piece.ts';

/** ffmpeg's demuxer of Matroska takes Opus' priming off times its muxer has not put it on (312 samples of 48 kHz, in milliseconds). */
const opusPriming = 0.007;
const limits = { memoryBytes: 2 * 1024 ** 3, cpuSeconds: 60, fileBytes: 0 };

/**
 * Options of the join for the tracks of the piece at `path`, so that their packets come out as they were encoded. Matroska tells every
 * packet the same length, the last one's is found by where the track ends.
 */
export async function copySound(plan: Plan, path: string, signal: AbortSignal): Promise<readonly string[]> {
  const { demuxer, shift } = pieceOf(plan);
  if (demuxer !== 'matroska') return plan.audio.some((audio) => codecOf(audio) === 'flac') ? flacInMp4 : [];
  const answer = await runTool({
    command: 'ffprobe',
    args: [
      ...['-v', 'error', ...guardedInput(demuxer), '-select_streams', 'a'],
      ...['-show_entries', 'stream_tags=DURATION', '-of', 'csv=p=0', path],
    ],
    ...{ signal, timeoutMs: 60_000, limits },
  });
  const ends = answer.stdout.toString('latin1').trim().split('\n').map(secondsOf);
  return plan.audio.flatMap((audio, track) => {
    const priming = codecOf(audio) === 'opus' ? opusPriming : 0;
    const late = `round(${priming}/TB)`;
    const last = `max(1\\,round(${((ends[track] ?? 0) + shift).toFixed(6)}/TB)-PTS-${late})`;
    return [`-bsf:a:${track}`, `setts=ts=TS+${late}:duration=if(eq(NEXT_PTS\\,NOPTS)\\,${last}\\,DURATION)`];
  });
}

const codecOf = ({ copy, stream, encoding }: AudioPlan) => (copy ? stream.codec : encoding.codec);

/** `00:00:12.034000000` */
function secondsOf(clock: string): number {
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
