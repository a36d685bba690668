import type { MediaFacts } from '../../shared/messages/job.ts';
import type { InputFile } from '../kind.ts';
import { displaySize } from '../media/display-size.ts';
import { openSource } from '../media/open-source.ts';

/** What ffprobe knows of a video or a sound, as people say it. */
export async function inspectMedia(input: InputFile, signal: AbortSignal): Promise<MediaFacts> {
  const { media, video, audio, durationSeconds } = await openSource(input, signal);
  return {
    type: video === undefined ? 'audio' : 'video',
    container: media.format,
    durationMs: Math.round(durationSeconds * 1000),
    ...(video === undefined
      ? {}
      : {
          ...displaySize(video),
          rotation: video.rotation,
          videoCodec: video.codec,
          ...(video.fps === undefined ? {} : { fps: Math.round(video.fps * 1000) / 1000 }),
          ...(video.pixelFormat === undefined ? {} : { pixelFormat: video.pixelFormat }),
        }),
    ...(audio === undefined
      ? {}
      : { audioCodec: audio.codec, channels: audio.channels, sampleRate: audio.sampleRate, language: audio.language }),
    audioTracks: media.audio.length,
    subtitleTracks: media.subtitles.length,
    chapters: media.chapters.length,
  };
}
