import { z } from 'zod';
import type { Contract } from '../kind.ts';

export const previewFormats = ['webp', 'gif', 'mp4'] as const;

export const previewParams = z
  .strictObject({
    format: z.enum(previewFormats).optional().describe('Default webp; mp4 has no sound'),
    seconds: z.number().min(0.2).max(60).optional().describe('Length of the preview; default 6'),
    snippets: z.int().min(1).max(10).optional().describe('So many pieces, evenly spread over the video; default 4'),
    start: z
      .number()
      .min(0)
      .optional()
      .describe('One piece from this second on, instead of snippets: a GIF from a clip'),
    width: z.int().min(16).max(1280).optional().describe('Largest width in pixels; default 320'),
    height: z.int().min(16).max(1280).optional().describe('Largest height in pixels'),
    fps: z.number().min(1).max(30).optional().describe('Pictures a second; default 12'),
    quality: z.int().min(1).max(100).optional().describe('Of webp; default 60'),
  })
  .refine(({ start, snippets }) => start === undefined || snippets === undefined, 'expected either start or snippets');
export type PreviewParams = z.infer<typeof previewParams>;

export const previewContract: Contract<PreviewParams> = {
  kind: 'preview',
  summary: 'A short moving preview of a video, as animated WebP, GIF or silent MP4.',
  params: previewParams,
  inputs: { min: 1, max: 1, accepts: ['video/*', 'image/gif'] },
  limits: { maxInputBytes: 64 * 1024 ** 3, timeoutMs: 900_000 },
  tools: ['ffmpeg', 'ffprobe'],
  examples: [
    { title: 'Six seconds from four places', params: {} },
    { title: 'A GIF of three seconds from second 12', params: { format: 'gif', start: 12, seconds: 3 } },
  ],
};
