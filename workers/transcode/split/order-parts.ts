import type { PartPlan, SplitPlan } from '../../../shared/messages/split.ts';
import type { Source } from '../../media/open-source.ts';
import { chooseRungs } from '../choose-rungs.ts';
import type { Deinterlace } from '../picture-graph.ts';
import { isStreaming, type Plan, type VideoPlan } from '../plan.ts';
import type { Rung } from '../rung.ts';
import { textTracks } from '../subtitles.ts';
import type { ByteRange } from './byte-ranges.ts';
import type { ChunkOrder, JoinFacts, SoundOrder, Stretch } from './orders.ts';
import { embedsTexts, wantsTexts } from './sound-piece.ts';
import { weighChunk, weighJoin, weighSound } from './weigh.ts';

interface Settled extends Pick<JoinFacts, 'plan' | 'tiles' | 'lastMayDiffer'> {
  readonly source: Source;
  readonly deinterlace: Deinterlace;
  readonly startMicros: number;
  readonly startTicks: number;
  readonly stretches: readonly Stretch[];
  /** Of each stretch; null: the whole file. */
  readonly reads: readonly (ByteRange[] | null)[];
}

/** What was settled, written down for those who do the work. */
export function orderParts(settled: Settled): SplitPlan {
  const { source, plan, stretches, reads, deinterlace, startMicros, startTicks, tiles, lastMayDiffer } = settled;
  const { video } = plan;
  if (video === undefined) throw new TypeError('chunks are made of pictures');
  const rungs = isStreaming(plan.container) ? chooseRungs(video, plan.ladder) : [fileRung(video)];
  const chunks = stretches.map((stretch, index): PartPlan => {
    const order: ChunkOrder = {
      ...{ work: 'chunk', demuxer: source.demuxer, startTicks, deinterlace, rungs, stretch },
      plan: pictureOnly(plan),
    };
    const name = `chunk-${String(index + 1).padStart(4, '0')}`;
    return {
      name,
      params: { ...order },
      weight: weighChunk(video, rungs, stretch, startMicros),
      reads: [reads[index] ?? null],
    };
  });
  const facts: JoinFacts = {
    ...{
      plan,
      rungs,
      tiles,
      lastMayDiffer,
      inputName: source.file.name,
      chapters: chaptersOf(plan, source, startMicros),
    },
    stretches: stretches.map(({ firstSeconds, lastSeconds, frames }) => ({ firstSeconds, lastSeconds, frames })),
  };
  return { parts: [...soundPart(source, plan), ...chunks], joinWeight: weighJoin(plan, rungs), facts: { ...facts } };
}

/** A file is a ladder of one rung. */
function fileRung({ canvas, size, encoding }: VideoPlan): Rung {
  return { name: 'picture', size: canvas, picture: size, encoding };
}

/** Chunks travel light, and all of them carry this. */
function pictureOnly(plan: Plan): Plan {
  return { ...plan, audio: [], tags: {} };
}

/** First: of a long video it is the longest of all parts. */
function soundPart(source: Source, plan: Plan): PartPlan[] {
  const texts = textTracks(source).length > 0 && (wantsTexts(plan) || embedsTexts(plan, source));
  if (plan.audio.length === 0 && !texts) return [];
  const order: SoundOrder = { work: 'sound' };
  return [{ name: 'audio', params: { ...order }, weight: weighSound(plan) }];
}

function chaptersOf({ keepChapters }: Plan, { media }: Source, startMicros: number): JoinFacts['chapters'] {
  if (!keepChapters) return [];
  const shift = startMicros / 1e6;
  return media.chapters.map(({ startSeconds, endSeconds, title }) => ({
    startSeconds: Math.max(0, startSeconds - shift),
    endSeconds: Math.max(0, endSeconds - shift),
    title,
  }));
}
