import type { PartPlan, SplitPlan } from '../../../shared/messages/split.ts';
import type { Source } from '../../media/open-source.ts';
import { chooseRungs } from '../choose-rungs.ts';
import type { Deinterlace } from '../picture-graph.ts';
import { isStreaming, type Plan, type VideoPlan } from '../plan.ts';
import type { Rung } from '../rung.ts';
import { textTracks } from '../subtitles.ts';
import { type BurnScript, burnBetween } from './burn-script.ts';
import type { ByteRange } from './byte-ranges.ts';
import type { Clock } from './clock.ts';
import type { ChunkOrder, JoinFacts, SoundOrder, Stretch } from './orders.ts';
import { bringsTexts, wantsTexts } from './sound-piece.ts';
import { Uncuttable } from './uncuttable.ts';
import { weighChunk, weighJoin, weighSound } from './weigh.ts';

interface Settled extends Pick<JoinFacts, 'plan' | 'tiles' | 'lastMayDiffer'> {
  readonly clock: Clock;
  readonly source: Source;
  readonly deinterlace: Deinterlace;
  readonly burn: BurnScript | undefined;
  /** Every frame is to be compared, with VMAF too or not. */
  readonly scoring: { readonly vmaf: boolean } | undefined;
  readonly stretches: readonly Stretch[];
  /** Of each stretch; null: the whole file. */
  readonly reads: readonly (ByteRange[] | null)[];
}

/** What was settled, written down for those who do the work. @throws Uncuttable when it is too long to be sent. */
export function orderParts(settled: Settled): SplitPlan {
  const { source, plan, stretches, reads, deinterlace, clock, burn, tiles, lastMayDiffer, scoring } = settled;
  const { video } = plan;
  if (video === undefined) throw new TypeError('chunks are made of pictures');
  const rungs = isStreaming(plan.container) ? chooseRungs(video, plan.ladder) : [fileRung(video)];
  const room = startMessage();
  const chunks = stretches.map((stretch, index): PartPlan => {
    const order: ChunkOrder = {
      ...{ work: 'chunk', demuxer: source.demuxer, startTicks: clock.startTicks, deinterlace, rungs, stretch },
      ...{ plan: pictureOnly(plan), opensResult: index === 0 },
      burn: burn === undefined ? undefined : burnBetween(burn, stretch.fromSeconds, stretch.untilSeconds),
    };
    const name = `chunk-${String(index + 1).padStart(4, '0')}`;
    return room.take({
      name,
      params: { ...order },
      weight: weighChunk({ video, speed: plan.speed, scoring }, rungs, stretch, clock.startSeconds),
      reads: [reads[index] ?? null],
    });
  });
  const facts: JoinFacts = {
    ...{
      plan,
      rungs,
      tiles,
      lastMayDiffer,
      inputName: source.file.name,
      chapters: chaptersOf(plan, source, clock.startSeconds),
    },
    stretches: stretches.map(({ firstSeconds, lastSeconds, frames }) => ({ firstSeconds, lastSeconds, frames })),
  };
  return {
    parts: longestFirst(soundPart(source, plan), chunks),
    joinWeight: weighJoin(plan, rungs),
    facts: room.take({ ...facts }),
  };
}

/** RabbitMQ 4 takes messages of 16 MiB, and a worker that cannot tell of its plan would split again and again. */
const mostBytes = 12 * 1024 ** 2;

function startMessage() {
  let bytes = 0;
  return {
    take<T extends object>(piece: T): T {
      bytes += Buffer.byteLength(JSON.stringify(piece));
      if (bytes > mostBytes) throw new Uncuttable('what its pieces have to know is too long');
      return piece;
    },
  };
}

/** A file is a ladder of one rung. */
function fileRung({ canvas, size, encoding }: VideoPlan): Rung {
  return { name: 'picture', size: canvas, picture: size, encoding };
}

/** Chunks travel light, and all of them carry this. */
function pictureOnly(plan: Plan): Plan {
  return { ...plan, audio: [], tags: {} };
}

/** Of a long video the sound is the longest of all parts, and goes first; what is shorter than a chunk fills the gap at the end. */
function longestFirst(sound: readonly PartPlan[], chunks: readonly PartPlan[]): PartPlan[] {
  const longestChunk = Math.max(...chunks.map(({ weight }) => weight));
  return sound.some(({ weight }) => weight > longestChunk) ? [...sound, ...chunks] : [...chunks, ...sound];
}

function soundPart(source: Source, plan: Plan): PartPlan[] {
  const texts = textTracks(source).length > 0 && (wantsTexts(plan) || bringsTexts(plan, source));
  if (plan.audio.length === 0 && !texts) return [];
  const order: SoundOrder = { work: 'sound' };
  return [{ name: 'audio', params: { ...order }, weight: weighSound(plan) }];
}

/** Those that lie in the result, cut at its ends; at another speed none, as in a whole run. */
function chaptersOf(
  { keepChapters, clip, speed }: Plan,
  { media }: Source,
  startSeconds: number,
): JoinFacts['chapters'] {
  if (!keepChapters || speed !== 1) return [];
  const shift = startSeconds + clip.leadSeconds;
  const length = clip.ends ? clip.seconds : Number.POSITIVE_INFINITY;
  return media.chapters
    .map((chapter) => ({ from: chapter.startSeconds - shift, to: chapter.endSeconds - shift, title: chapter.title }))
    .filter(({ from, to }) => to >= 0 && from <= length)
    .map(({ from, to, title }) => ({
      startSeconds: Math.max(0, from),
      endSeconds: Math.max(0, Math.min(length, to)),
      title,
    }));
}
