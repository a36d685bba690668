import { z } from 'zod';
import type { Contract } from '../kind.ts';

const color = z.string().regex(/^#[0-9a-fA-F]{6}$/);

export const waveformParams = z.strictObject({
  format: z
    .enum(['json', 'svg', 'png', 'spectrogram'])
    .optional()
    .describe(
      'Default json: the least and greatest sample of each point, 8 bits, as audiowaveform writes them; spectrogram is a PNG',
    ),
  points: z.int().min(10).max(20_000).optional().describe('Of json, svg and png; default 1000'),
  width: z.int().min(16).max(8192).optional().describe('Of pictures, in pixels; default 1000'),
  height: z.int().min(16).max(4096).optional().describe('Of pictures, in pixels; default 200'),
  color: color.optional().describe('#rrggbb of svg and png; default #3b82f6'),
});
export type WaveformParams = z.infer<typeof waveformParams>;

export const waveformContract: Contract<WaveformParams> = {
  kind: 'waveform',
  summary: 'The shape of a sound: peaks as JSON, a waveform as SVG or PNG, or a spectrogram.',
  params: waveformParams,
  inputs: { min: 1, max: 1, accepts: ['audio/*', 'video/*'] },
  limits: { maxInputBytes: 64 * 1024 ** 3, timeoutMs: 3_600_000 },
  tools: ['ffmpeg', 'ffprobe'],
  examples: [
    { title: 'Peaks for a player', params: { points: 1800 } },
    { title: 'A picture', params: { format: 'svg', width: 1200, height: 160 } },
    { title: 'A spectrogram', params: { format: 'spectrogram' } },
  ],
};
