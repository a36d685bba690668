import { join } from 'node:path';
import type { MediaFacts } from '../../shared/messages/job.ts';
import type { Task } from '../kind.ts';
import { containers, type FileContainer } from '../media/containers.ts';
import { threads } from '../media/encoders.ts';
import { hasFilter } from '../media/find-filters.ts';
import { measuringFfmpeg } from '../media/measuring-ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import { guardedInput, guardedPlaylist } from '../media/probe-media.ts';
import { inStages, type Reporter } from '../media/stages.ts';
import { type LadderParts, ladderGraph } from './ladder-command.ts';
import { onlyTheClip } from './ladder-extras.ts';
import { type PictureParts, pictureGraph } from './picture-graph.ts';
import type { Plan, VideoPlan } from './plan.ts';
import type { LadderPass } from './plan-passes.ts';
import { wholeScore } from './quality-goal.ts';
import { scoreWhole, type Wanted } from './score-whole.ts';
import type { Stream } from './write-master.ts';

type Work = Pick<Task<unknown>, 'signal'> & Reporter;

/** Every frame is to be compared, and there are frames that were encoded. */
export function scoresWhole({ scores, video }: Pick<Plan, 'scores' | 'video'>): boolean {
  return scores === 'whole' && video !== undefined && !video.copy;
}

/** Comparing every frame will take VMAF too. */
export async function scoresVmaf(plan: Pick<Plan, 'scores' | 'video'>): Promise<boolean> {
  return scoresWhole(plan) && (await hasFilter('libvmaf', measuringFfmpeg()));
}

interface Encoded {
  readonly source: Source;
  readonly plan: Plan;
}

/** The plan with what its finished file scored, when that is asked for. */
export async function scoreFile(
  task: Work,
  { source, plan, picture }: Encoded & { readonly picture: PictureParts },
  path: string,
): Promise<Plan> {
  const { video } = plan;
  if (video === undefined || !scoresWhole(plan)) return plan;
  const { demuxer } = containers[plan.container as FileContainer];
  const wanted = wantedOf({ source, plan }, video, picture, pictureGraph(plan, video, picture, 'v0'));
  const [score] = await scoreWhole(task, wanted, [{ path, options: guardedInput(demuxer), size: video.canvas }]);
  return { ...plan, video: { ...video, score: wholeScore(video.score, score) } };
}

/** The stream with what its rungs scored, when that is asked for; those of one pass are compared in one. */
export async function scoreStream(
  task: Work,
  encoded: Encoded,
  passes: readonly LadderPass[],
  stream: Stream,
): Promise<Stream> {
  const { video } = encoded.plan;
  if (video === undefined || !scoresWhole(encoded.plan)) return stream;
  const work = inStages(
    task,
    passes.map(({ effort }) => effort),
  );
  const scores = new Map<string, MediaFacts>();
  for (const [index, { parts }] of passes.entries()) {
    const { rungs, root } = parts;
    const wanted = wantedOf(encoded, video, parts.picture, ladderGraph(encoded.plan, { ...parts, extras: [] }));
    const made = rungs.map(({ name, size }) => ({ path: playlistIn(root, name), options: guardedPlaylist, size }));
    const found = await scoreWhole(work.at(index), wanted, made);
    for (const [place, { name, score }] of rungs.entries()) scores.set(name, wholeScore(score, found[place]));
  }
  const pictures = stream.pictures.map((picture) => ({ ...picture, score: scores.get(picture.folder) ?? {} }));
  return { ...stream, pictures };
}

const playlistIn = (root: LadderParts['root'], rung: string) => join(root, rung, 'playlist.m3u8');

function wantedOf({ source, plan }: Encoded, video: VideoPlan, { mark }: PictureParts, filterGraph: string): Wanted {
  const options = ['-threads', threads, ...source.inputOptions, ...plan.clip.inputOptions];
  return {
    inputs: [{ path: source.file.path, options }, ...(mark === undefined ? [] : [mark.pictureInput])],
    filterGraph,
    cut: onlyTheClip(plan),
    pixelFormat: video.pixelFormat,
    seconds: plan.clip.seconds,
    inputName: source.file.name,
  };
}
