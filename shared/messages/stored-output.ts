import { z } from 'zod';
import { mediaFacts } from './job.ts';

/** An output as it lies in the store. */
export const storedOutput = mediaFacts.extend({
  name: z.string(),
  key: z.string(),
  mediaType: z.string(),
  bytes: z.int(),
  sha256: z.string(),
});
export type StoredOutput = z.infer<typeof storedOutput>;
