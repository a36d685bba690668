import { z } from 'zod';
import type { Contract } from '../kind.ts';
import { speeds } from '../media/encoders.ts';

export const concatParams = z.strictObject({
  container: z
    .enum(['mp4', 'webm', 'mkv', 'mp3', 'm4a', 'flac', 'wav'])
    .optional()
    .describe('Default mp4, or m4a when no input has a picture'),
  width: z.int().min(2).max(8192).optional().describe('Of the result, in pixels; default as the first picture'),
  height: z.int().min(2).max(8192).optional().describe('Of the result, in pixels; default as the first picture'),
  fps: z.number().min(1).max(120).optional().describe('Default as the first picture, at most 60'),
  crf: z.int().min(0).max(63).optional().describe('Constant quality, lower is better'),
  speed: z.enum(speeds).optional().describe('How much time to spend for fewer bytes; default fast'),
  background: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/)
    .optional()
    .describe('#rrggbb of bars, and of inputs without a picture; default black'),
});
export type ConcatParams = z.infer<typeof concatParams>;

export const concatContract: Contract<ConcatParams> = {
  kind: 'concat',
  summary: 'Several videos or sounds one after the other; sizes, rates and missing tracks are evened out.',
  params: concatParams,
  inputs: { min: 2, max: 50, accepts: ['video/*', 'audio/*', 'image/gif'] },
  limits: { maxInputBytes: 16 * 1024 ** 3, timeoutMs: 6 * 3_600_000 },
  tools: ['ffmpeg', 'ffprobe'],
  examples: [
    { title: 'Opening, film, credits', params: {} },
    { title: 'As 720p WebM', params: { container: 'webm', width: 1280, height: 720 } },
  ],
};
