import { z } from 'zod';
import type { Contract } from '../kind.ts';

export const spriteParams = z.strictObject({
  every: z
    .number()
    .min(0.1)
    .max(3600)
    .optional()
    .describe('Seconds from one picture to the next; default 5, less for short videos; at most 100 pictures'),
  columns: z.int().min(1).max(50).optional().describe('Pictures in a row; default 10'),
  width: z.int().min(16).max(640).optional().describe('Width of one picture in pixels; default 160'),
});
export type SpriteParams = z.infer<typeof spriteParams>;

export const spriteContract: Contract<SpriteParams> = {
  kind: 'sprite',
  summary: 'A sheet of small pictures of a video with a WebVTT track, for the preview above a time line.',
  params: spriteParams,
  inputs: { min: 1, max: 1, accepts: ['video/*', 'image/gif'] },
  limits: { maxInputBytes: 64 * 1024 ** 3, timeoutMs: 3_600_000 },
  tools: ['ffmpeg', 'ffprobe'],
  examples: [
    { title: 'As players expect it', params: {} },
    { title: 'One picture every ten seconds', params: { every: 10, width: 240 } },
  ],
};
