import type { Contract } from '../kind.ts';
import { findContradictions } from './find-contradictions.ts';
import { type TranscodeParams, transcodeFields } from './params.ts';

export const transcodeParams = transcodeFields.superRefine((params, context) => {
  for (const { path, message } of findContradictions(params))
    context.addIssue({ code: 'custom', path: [...path], message });
});

export const transcodeContract: Contract<TranscodeParams> = {
  kind: 'transcode',
  summary: 'Video and sound to MP4, WebM, HLS, DASH, MP3 and more: upright, square pixels, SDR, never enlarged.',
  params: transcodeParams,
  inputs: {
    min: 1,
    max: 2,
    accepts: ['video/*', 'audio/*', 'image/gif', 'image/* (second, as a watermark or a cover)'],
  },
  limits: { maxInputBytes: 64 * 1024 ** 3, timeoutMs: 6 * 3_600_000 },
  tools: ['ffmpeg', 'ffprobe'],
  examples: [
    { title: 'MP4 at 720p for every player', params: { preset: 'mp4-720p' } },
    { title: 'WebM with VP9 and Opus', params: { preset: 'webm-720p' } },
    { title: 'HLS with a ladder of sizes', params: { preset: 'hls' } },
    { title: 'HLS for old players', params: { preset: 'hls', segments: 'ts', ladder: ['480p', '240p'] } },
    {
      title: 'HLS and DASH, every rung as small as its quality allows, a small one playable first',
      params: { preset: 'streaming', quality: { vmaf: 93, ssim: 0.97 }, firstRung: 'early' },
    },
    { title: 'The sound alone, as MP3 at -16 LUFS', params: { preset: 'mp3', audio: { loudness: -16 } } },
    {
      title: 'Ten seconds as small H.265',
      params: { container: 'mp4', video: { codec: 'h265', height: 480, crf: 28 }, clip: { start: 5, end: 15 } },
    },
    { title: 'As small as 0.97 SSIM allows', params: { preset: 'mp4-720p', video: { ssim: 0.97 } } },
    {
      title: 'A bitrate in two passes, and what every frame of it scores',
      params: { preset: 'mp4-720p', video: { bitrate: 2_000_000, passes: 2 }, quality: { scores: 'whole' } },
    },
    { title: 'With the English subtitles drawn in', params: { preset: 'mp4-720p', subtitles: { burn: 'eng' } } },
  ],
};
