import { z } from 'zod';
import { namePattern } from '../../shared/messages/job.ts';
import type { Contract } from '../kind.ts';
import { effectShape } from './effect-params.ts';
import { formatShape, presetNames } from './format-params.ts';
import { geometryShape, sourceShape } from './geometry-params.ts';

const maxRenditions = 50;

const rendition = z.strictObject({ ...geometryShape, ...formatShape, ...effectShape }).partial();

export const resizeParams = rendition.extend(z.strictObject(sourceShape).partial().shape).extend({
  preset: z
    .enum(presetNames)
    .describe('A ready set of params; what the step says itself wins: thumbnail, avatar, social, web or responsive.')
    .optional(),
  renditions: z
    .record(z.string().regex(namePattern, 'expected 1–64 letters, digits, - or _'), rendition)
    .refine((all) => Object.keys(all).length > 0, 'expected at least one rendition')
    .refine((all) => Object.keys(all).length <= maxRenditions, `expected at most ${maxRenditions} renditions`)
    .describe(
      'Many sizes from one decode, by name; each takes what the step says unless it says otherwise. Outputs are named after them.',
    )
    .optional(),
});

export type RenditionParams = z.infer<typeof rendition>;
export type ResizeParams = z.infer<typeof resizeParams>;

export const resizeContract: Contract<ResizeParams> = {
  kind: 'resize',
  summary: 'Makes a picture smaller, crops it, turns it upright and converts it, in one or many sizes from one decode.',
  params: resizeParams,
  inputs: { min: 1, max: 11, accepts: ['image/*'] },
  limits: { maxInputBytes: 512 * 1024 ** 2, timeoutMs: 5 * 60_000 },
  tools: [],
  examples: [
    { title: 'A square thumbnail', params: { width: 320, height: 320, fit: 'cover', format: 'webp' } },
    { title: 'Keep what catches the eye', params: { width: 600, height: 200, position: 'attention' } },
    {
      title: 'Keep the face the editor clicked on',
      params: { width: 400, height: 400, position: { x: 0.62, y: 0.3 } },
    },
    { title: 'The whole picture on white', params: { width: 800, height: 800, fit: 'contain', background: '#fff' } },
    { title: 'At most 100 kB', params: { width: 1600, format: 'webp', maxBytes: 100_000 } },
    { title: 'As small as looks the same', params: { width: 1600, format: 'avif', targetQuality: 0.97 } },
    {
      title: 'Three sizes from one decode',
      params: { format: 'webp', renditions: { small: { width: 320 }, medium: { width: 800 }, large: { width: 1600 } } },
    },
  ],
};
