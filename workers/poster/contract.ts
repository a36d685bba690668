import { z } from 'zod';
import type { Contract } from '../kind.ts';
import { stillFormats } from '../media/take-still.ts';

export const posterParams = z
  .strictObject({
    time: z.number().min(0).optional().describe('Seconds from the beginning; past the end means the last picture'),
    percent: z.number().min(0).max(100).optional().describe('Share of the length, instead of time'),
    count: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe('So many posters, evenly spread over the length, instead of one (a storyboard)'),
    width: z
      .int()
      .min(2)
      .max(8192)
      .optional()
      .describe('Largest width in pixels; the shape is kept and nothing is enlarged'),
    height: z
      .int()
      .min(2)
      .max(8192)
      .optional()
      .describe('Largest height in pixels; the shape is kept and nothing is enlarged'),
    format: z.enum(stillFormats).optional().describe('Default jpeg'),
    quality: z.int().min(1).max(100).optional().describe('Of jpeg and webp; default 85'),
  })
  .refine(
    ({ time, percent, count }) => [time, percent, count].filter((choice) => choice !== undefined).length <= 1,
    'expected at most one of time, percent and count; without them the best picture is chosen',
  );
export type PosterParams = z.infer<typeof posterParams>;

export const posterContract: Contract<PosterParams> = {
  kind: 'poster',
  summary:
    'A picture of a video: at a time, at a share of its length, the best one (neither black, blank nor blurred), or many.',
  params: posterParams,
  inputs: { min: 1, max: 1, accepts: ['video/*', 'image/gif', 'audio/*'] },
  limits: { maxInputBytes: 64 * 1024 ** 3, timeoutMs: 600_000 },
  tools: ['ffmpeg', 'ffprobe'],
  examples: [
    { title: 'The best picture', params: {} },
    { title: 'The picture at 12.5 s, 640 pixels wide', params: { time: 12.5, width: 640 } },
    { title: 'A storyboard of twelve, for a contact sheet', params: { count: 12, width: 480 } },
  ],
};
