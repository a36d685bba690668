import { z } from 'zod';
import { fileContainers, streamingContainers } from '../media/containers.ts';
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

/** What may be said, field by field; what contradicts what is in find-contradictions.ts. */
export const transcodeFields = z.strictObject({
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
    .describe(
      'Of hls and dash: the sizes; default auto: the source is measured, and gets the rungs that are worth it, none above it',
    ),
  quality: z
    .strictObject({
      vmaf: z
        .number()
        .min(40)
        .max(99)
        .optional()
        .describe('93 looks like the source; where ffmpeg has no libvmaf the SSIM that about fits is taken'),
      ssim: z.number().min(0.8).max(0.999).optional().describe('Of the luma; 0.97 looks good'),
      scores: z
        .enum(['samples', 'whole'])
        .optional()
        .describe(
          'What the ssim, psnr and vmaf of the outputs are of: the samples (the default), or every frame of the finished result, which is compared with the source. Alone, whole measures and steers nothing',
        ),
    })
    .refine(
      ({ vmaf, ssim, scores }) => vmaf !== undefined || ssim !== undefined || scores === 'whole',
      'expected vmaf, ssim or both, or scores: whole',
    )
    .optional()
    .describe(
      'Instead of a crf: samples are encoded until this is met; of hls and dash rung by rung, and ladder auto leaves out rungs that buy nothing. Both: SSIM is for where there is no libvmaf',
    ),
  segments: z
    .enum(['fmp4', 'ts'])
    .optional()
    .describe('Of hls: fmp4 (CMAF, the default) or ts (MPEG-TS, for old players; h264 alone)'),
  firstRung: z
    .enum(['early', 'together'])
    .optional()
    .describe(
      'Of hls and dash: early makes a low size first, playable before the rest, for one more decoding; default early from two minutes on',
    ),
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
      burn: z.string().min(2).max(8).optional().describe('Draw this language (eng …; any: the first) into the picture'),
      sidecar: z.boolean().optional().describe('Write every text track as a WebVTT file beside the result'),
      embed: z
        .boolean()
        .optional()
        .describe('Keep text tracks inside the file (mp4, mov, mkv, webm); hls and dash offer them unless false'),
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
  split: z
    .enum(['auto', 'always', 'never'])
    .optional()
    .describe(
      'Whether many workers share one video: auto (the default): when it is long and workers are free; always: whenever it can be cut exactly',
    ),
  chunkSeconds: z
    .number()
    .min(10)
    .max(300)
    .optional()
    .describe('How long the pieces of a shared video are, about; default by its length and the workers there are'),
  keepCover: z.boolean().optional().describe('Default true: the cover of a song comes along (mp3, m4a, flac)'),
});
export type TranscodeParams = z.infer<typeof transcodeFields>;
