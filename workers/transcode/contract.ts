import { z } from 'zod';
import type { Contract } from '../kind.ts';
import { audioCodecs, fileContainers, streamingContainers, videoCodecs } from '../media/containers.ts';
import { speeds } from '../media/encoders.ts';
import { presetNames } from './presets.ts';

const bitsPerSecond = z.int().min(8_000).max(200_000_000);

const videoParams = z
  .strictObject({
    codec: z.enum(videoCodecs).describe('Default: what the container usually holds'),
    resolution: z
      .enum(['2160p', '1440p', '1080p', '720p', '480p', '360p', '240p'])
      .describe('The largest 16:9 box to fit into, turned for upright video; a smaller source keeps its size'),
    width: z.int().min(2).max(8192).describe('Largest width in pixels; the shape is kept and nothing is enlarged'),
    height: z.int().min(2).max(8192).describe('Largest height in pixels; the shape is kept and nothing is enlarged'),
    fps: z.number().min(1).max(120).describe('Constant frame rate; default: the frames as they come'),
    crf: z
      .int()
      .min(0)
      .max(63)
      .describe('Constant quality, lower is better; default 23 (h264), 27 (h265), 33 (vp9), 35 (av1)'),
    bitrate: bitsPerSecond.describe('Mean bits per second, instead of constant quality'),
    maxBitrate: bitsPerSecond.describe('Upper bound in bits per second, beside crf or bitrate'),
    speed: z.enum(speeds).describe('How much time to spend for fewer bytes; default fast'),
    keyframeSeconds: z
      .number()
      .min(0.5)
      .max(20)
      .describe('Keyframes at multiples of so many seconds; segments of hls and dash are cut there'),
    deinterlace: z.enum(['auto', 'always', 'never']).describe('Default auto: fields are detected and joined'),
  })
  .partial();

const audioParams = z
  .strictObject({
    codec: z.enum(audioCodecs).describe('Default: what the container usually holds'),
    bitrate: z
      .int()
      .min(8_000)
      .max(1_500_000)
      .describe('Bits per second; default by codec and channels (AAC stereo: 128000)'),
    channels: z.int().min(1).max(8).describe('Default: as the source, at most 2 (5.1 is mixed down to stereo)'),
    sampleRate: z.int().min(8_000).max(192_000).describe('Samples per second; default as the source, at most 48000'),
  })
  .partial();

export const transcodeParams = z.strictObject({
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
  clip: z
    .strictObject({
      start: z.number().min(0).describe('Seconds from the beginning').optional(),
      end: z.number().positive().describe('Seconds from the beginning').optional(),
    })
    .refine((clip) => clip.end === undefined || clip.end > (clip.start ?? 0), 'expected end after start')
    .optional()
    .describe('Only this part of the input'),
});
export type TranscodeParams = z.infer<typeof transcodeParams>;

export const transcodeContract: Contract<TranscodeParams> = {
  kind: 'transcode',
  summary: 'Video and sound to MP4, WebM, HLS, DASH, MP3 and more: upright, square pixels, SDR, never enlarged.',
  params: transcodeParams,
  inputs: { min: 1, max: 1, accepts: ['video/*', 'audio/*', 'image/gif'] },
  limits: { maxInputBytes: 64 * 1024 ** 3, timeoutMs: 6 * 3_600_000 },
  tools: ['ffmpeg', 'ffprobe'],
  examples: [
    { title: 'MP4 at 720p for every player', params: { preset: 'mp4-720p' } },
    { title: 'WebM with VP9 and Opus', params: { preset: 'webm-720p' } },
    { title: 'HLS with a ladder of sizes', params: { preset: 'hls' } },
    { title: 'The sound alone, as MP3', params: { preset: 'mp3' } },
    {
      title: 'Ten seconds as small H.265',
      params: { container: 'mp4', video: { codec: 'h265', height: 480, crf: 28 }, clip: { start: 5, end: 15 } },
    },
  ],
};
