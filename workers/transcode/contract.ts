import { z } from 'zod';
import type { Contract } from '../kind.ts';
import { containers, fileContainers, streamingContainers } from '../media/containers.ts';
import { audioParams } from './audio-params.ts';
import { presetNames } from './preset-names.ts';
import { resolutions, videoParams } from './video-params.ts';

const seconds = z.number().min(0).max(1_000_000);

const watermark = z
  .strictObject({
    text: z.string().min(1).max(200).optional().describe('Words to show; or else the second input is shown'),
    position: z.enum(['top-left', 'top-right', 'bottom-left', 'bottom-right', 'center']).default('bottom-right'),
    size: z
      .number()
      .min(0.01)
      .max(1)
      .default(0.15)
      .describe('Width of the image, or three times the height of the letters, as a share of the width'),
    opacity: z.number().min(0.05).max(1).default(0.8),
    start: seconds.optional().describe('Seconds of the result from which it shows'),
    end: seconds.optional().describe('Seconds of the result until which it shows'),
  })
  .describe('A picture (the second input) or words over the video');

const clip = z
  .strictObject({
    start: seconds.optional().describe('Seconds from the beginning'),
    end: z.number().positive().optional().describe('Seconds from the beginning'),
  })
  .refine((range) => range.end === undefined || range.end > (range.start ?? 0), 'expected end after start');

export const transcodeParams = z
  .strictObject({
    preset: z
      .enum(presetNames)
      .optional()
      .describe('A named starting point; whatever else is said wins over it. Default mp4-1080p'),
    container: z
      .enum([...fileContainers, ...streamingContainers])
      .optional()
      .describe('The kind of file; hls and dash write a folder of segments'),
    video: z
      .union([z.literal(false), videoParams])
      .optional()
      .describe('false: leave the picture out'),
    audio: z
      .union([z.literal(false), audioParams])
      .optional()
      .describe('false: leave the sound out'),
    clip: clip.optional().describe('Only this part of the input'),
    ladder: z
      .union([z.literal('auto'), z.array(z.enum(resolutions)).min(1).max(6)])
      .optional()
      .describe('Of hls and dash: the sizes; default auto: those worth it, none above the source'),
    poster: z.boolean().optional().describe('Of hls and dash: also poster.jpg, from the same decode'),
    sprite: z
      .boolean()
      .optional()
      .describe('Of hls and dash: also sprite.jpg and sprite.vtt, the pictures of a time line, from the same decode'),
    speed: z.number().min(0.25).max(4).optional().describe('2 plays twice as fast; the pitch of the sound is kept'),
    fade: z
      .strictObject({ in: z.number().min(0).max(30).default(0), out: z.number().min(0).max(30).default(0) })
      .optional()
      .describe('Seconds of fading from and to black and silence'),
    watermark: watermark.optional(),
    subtitles: z
      .strictObject({
        burn: z
          .string()
          .min(2)
          .max(8)
          .optional()
          .describe('Draw this language (eng …; any: the first) into the picture'),
        sidecar: z.boolean().optional().describe('Write every text track as a WebVTT file beside the result'),
        embed: z.boolean().optional().describe('Keep text tracks inside the file (mp4, mov, mkv, webm)'),
      })
      .optional(),
    tags: z
      .record(z.string().regex(/^[a-z_]{1,32}$/), z.string().max(1000))
      .optional()
      .describe('title, artist, album … set over those of the source'),
    keepTags: z
      .boolean()
      .optional()
      .describe('Default true: title, artist and the like come along; places and devices never do'),
    keepChapters: z.boolean().optional().describe('Default true'),
    keepCover: z.boolean().optional().describe('Default true: the cover of a song comes along (mp3, m4a, flac)'),
  })
  .superRefine((params, context) => {
    const complain = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { container, video, audio } = params;
    if (typeof video === 'object') {
      if (
        video.codec === 'copy' &&
        (video.width ?? video.height ?? video.fps ?? video.crop ?? video.pad ?? params.watermark) !== undefined
      ) {
        complain(['video', 'codec'], 'expected another codec than copy: the picture is to be changed');
      }
      if (video.passes === 2 && video.bitrate === undefined)
        complain(['video', 'passes'], 'expected a bitrate beside two passes');
      if (video.passes === 2 && video.codec === 'av1') complain(['video', 'passes'], 'expected one pass with av1');
      if (video.crf !== undefined && video.ssim !== undefined)
        complain(['video', 'ssim'], 'expected either crf or ssim');
    }
    if (container === undefined || !(container in containers)) return;
    const { video: pictures, audio: sounds } = containers[container as keyof typeof containers];
    if (typeof video === 'object' && pictures.length === 0)
      complain(['video'], `expected no video: ${container} holds sound alone`);
    const codecs = [
      ['video', typeof video === 'object' ? video.codec : undefined, pictures],
      ['audio', typeof audio === 'object' ? audio.codec : undefined, sounds],
    ] as const;
    for (const [part, codec, allowed] of codecs) {
      if (codec === undefined || codec === 'copy' || codec === 'auto' || allowed.includes(codec as never)) continue;
      complain([part, 'codec'], `expected one of ${allowed.join(', ')} in ${container}, got ${codec}`);
    }
  });
export type TranscodeParams = z.infer<typeof transcodeParams>;

export const transcodeContract: Contract<TranscodeParams> = {
  kind: 'transcode',
  summary: 'Video and sound to MP4, WebM, HLS, DASH, MP3 and more: upright, square pixels, SDR, never enlarged.',
  params: transcodeParams,
  inputs: { min: 1, max: 2, accepts: ['video/*', 'audio/*', 'image/gif', 'image/* (second, as a watermark)'] },
  limits: { maxInputBytes: 64 * 1024 ** 3, timeoutMs: 6 * 3_600_000 },
  tools: ['ffmpeg', 'ffprobe'],
  examples: [
    { title: 'MP4 at 720p for every player', params: { preset: 'mp4-720p' } },
    { title: 'WebM with VP9 and Opus', params: { preset: 'webm-720p' } },
    { title: 'HLS with a ladder of sizes', params: { preset: 'hls' } },
    { title: 'The sound alone, as MP3 at -16 LUFS', params: { preset: 'mp3', audio: { loudness: -16 } } },
    {
      title: 'Ten seconds as small H.265',
      params: { container: 'mp4', video: { codec: 'h265', height: 480, crf: 28 }, clip: { start: 5, end: 15 } },
    },
    { title: 'As small as 0.97 SSIM allows', params: { preset: 'mp4-720p', video: { ssim: 0.97 } } },
    { title: 'With the English subtitles drawn in', params: { preset: 'mp4-720p', subtitles: { burn: 'eng' } } },
  ],
};
