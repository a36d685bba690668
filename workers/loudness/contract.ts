import { z } from 'zod';
import type { Contract } from '../kind.ts';

export const loudnessParams = z.strictObject({});
export type LoudnessParams = z.infer<typeof loudnessParams>;

export const loudnessContract: Contract<LoudnessParams> = {
  kind: 'loudness',
  summary: 'Measures loudness (EBU R128, LUFS), true peak and loudness range of every track, and changes nothing.',
  params: loudnessParams,
  inputs: { min: 1, max: 1, accepts: ['audio/*', 'video/*'] },
  limits: { maxInputBytes: 64 * 1024 ** 3, timeoutMs: 3_600_000 },
  tools: ['ffmpeg', 'ffprobe'],
  examples: [{ title: 'How loud it is', params: {} }],
};
