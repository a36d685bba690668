import { InputError } from '../../shared/errors.ts';
import { cutClip } from '../media/clip.ts';
import { containers } from '../media/containers.ts';
import type { Source } from '../media/open-source.ts';
import { mergePreset } from './merge-preset.ts';
import type { TranscodeParams } from './params.ts';
import { type Container, isStreaming, type Plan } from './plan.ts';
import { planAudio } from './plan-audio.ts';
import { planVideo } from './plan-video.ts';

/** Tags that come along: what the sender meant to say, not where and with what it was recorded. */
const keptTags = new Set(
  'title artist album album_artist composer genre date year track disc comment description copyright show season_number episode_sort'.split(
    ' ',
  ),
);

/** What is asked for and what the source has, made into one plan. @throws InputError when the source cannot give what is asked. */
export function planTranscode(params: TranscodeParams, source: Source): Plan {
  const wish = mergePreset(params);
  const container = wish.container ?? 'mp4';
  const speed = wish.speed ?? 1;
  const changed =
    speed !== 1 || wish.fade !== undefined || wish.watermark !== undefined || wish.subtitles?.burn !== undefined;
  const context = {
    container,
    source,
    changed,
    clipped: params.clip !== undefined,
    speed,
    quality: goalOf(wish.quality),
  };
  const video = wish.video === false || !holdsVideo(container) ? undefined : planVideo(wish.video ?? {}, context);
  const audio = wish.audio === false ? [] : planAudio(wish.audio ?? {}, context);
  if (video === undefined && audio.length === 0) throw nothingToDo(wish, source);
  return {
    container,
    segments: wish.segments ?? 'fmp4',
    firstRung: wish.firstRung,
    video,
    scores: wish.quality?.scores ?? 'samples',
    audio,
    clip: cutClip(source, params.clip, speed),
    ladder: readLadder(wish.ladder),
    extras: { poster: wish.poster ?? false, sprite: wish.sprite ?? false },
    speed,
    fade: wish.fade ?? { in: 0, out: 0 },
    watermark: wish.watermark,
    subtitles: wish.subtitles ?? {},
    tags: { ...(wish.keepTags === false ? {} : pickTags(source.media.tags)), ...wish.tags },
    keepChapters: wish.keepChapters ?? true,
    keepCover: wish.keepCover ?? true,
    newCover: wish.audio !== false && wish.audio?.cover === true,
  };
}

/** Scores alone steer nothing. */
function goalOf(quality: TranscodeParams['quality']): TranscodeParams['quality'] {
  return quality?.vmaf === undefined && quality?.ssim === undefined ? undefined : quality;
}

function readLadder(ladder: TranscodeParams['ladder']): readonly number[] | undefined {
  if (ladder === undefined || ladder === 'auto') return undefined;
  return [...new Set(ladder.map((resolution) => Number.parseInt(resolution, 10)))].sort((a, b) => b - a);
}

function holdsVideo(container: Container): boolean {
  return isStreaming(container) || containers[container].video.length > 0;
}

function pickTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  const lower = Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value] as const);
  return Object.fromEntries(lower.filter(([key]) => keptTags.has(key)));
}

function nothingToDo(wish: TranscodeParams, source: Source): InputError {
  const has = source.video === undefined ? 'only sound' : 'only a picture';
  const asked = wish.audio === false ? 'a picture' : 'sound';
  return new InputError(
    `"${source.file.name}" has ${has}, but ${asked} was asked for. Send another file or ask for what it has.`,
  );
}
