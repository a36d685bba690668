import { z } from 'zod';
import type { Contract } from '../kind.ts';

export const transcodeParams = z.strictObject({});
export type TranscodeParams = z.infer<typeof transcodeParams>;

export const transcodeContract: Contract<TranscodeParams> = {
  kind: 'transcode',
  summary: '',
  params: transcodeParams,
  inputs: { min: 1, max: 1, accepts: ['image/*'] },
  limits: { maxInputBytes: 1024 ** 3, timeoutMs: 600_000 },
  tools: [],
  examples: [],
};
