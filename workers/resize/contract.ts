import { z } from 'zod';
import type { Contract } from '../kind.ts';

export const resizeParams = z.strictObject({});
export type ResizeParams = z.infer<typeof resizeParams>;

export const resizeContract: Contract<ResizeParams> = {
  kind: 'resize',
  summary: '',
  params: resizeParams,
  inputs: { min: 1, max: 1, accepts: ['image/*'] },
  limits: { maxInputBytes: 1024 ** 3, timeoutMs: 600_000 },
  tools: [],
  examples: [],
};
