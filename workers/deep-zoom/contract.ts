import { z } from 'zod';
import type { Contract } from '../kind.ts';

export const deepZoomParams = z
  .strictObject({
    layout: z
      .enum(['dzi', 'zoomify', 'google', 'iiif'])
      .describe(
        'dzi (default) for OpenSeadragon, zoomify, google (z/y/x) for maps, iiif for IIIF Image API 2 viewers.',
      ),
    tileSize: z
      .union([z.literal(256), z.literal(512), z.literal(1024)], { error: 'expected 256, 512 or 1024' })
      .describe('Side of a tile in pixels (default 512; 256 for google).'),
    overlap: z
      .int()
      .min(0, 'expected 0–16')
      .max(16, 'expected 0–16')
      .describe('Pixels a tile shares with its neighbours, dzi only (default 1).'),
    id: z
      .url({ protocol: /^https?$/, error: 'expected an http or https address' })
      .describe('The address the tiles will be served under, which iiif writes into its info.json.'),
    format: z.enum(['jpeg', 'webp', 'png']).describe('Format of the tiles (default jpeg; iiif is always jpeg).'),
    quality: z.int().min(1, 'expected 1–100').max(100, 'expected 1–100').describe('1–100 (default 82).'),
  })
  .partial();
export type DeepZoomParams = z.infer<typeof deepZoomParams>;

export const deepZoomContract: Contract<DeepZoomParams> = {
  kind: 'deep-zoom',
  summary: 'Cuts a large picture into a pyramid of tiles, so that a viewer loads only what is looked at.',
  params: deepZoomParams,
  inputs: { min: 1, max: 1, accepts: ['image/*'] },
  limits: { maxInputBytes: 1024 ** 3, timeoutMs: 15 * 60_000 },
  tools: [],
  examples: [
    { title: 'For OpenSeadragon', params: {} },
    { title: 'As a map', params: { layout: 'google', format: 'webp' } },
  ],
};
