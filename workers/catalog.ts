import { inspectContract } from './inspect/contract.ts';
import type { Kind } from './kind.ts';
import { pdfContract } from './pdf/contract.ts';
import { posterContract } from './poster/contract.ts';
import { resizeContract } from './resize/contract.ts';
import { transcodeContract } from './transcode/contract.ts';

/** The only register of kinds. Processors are imported when first needed, so a service never loads sharp, ffmpeg or pdfkit. */
export const catalog: Readonly<Record<string, Kind>> = {
  resize: { contract: resizeContract, load: async () => (await import('./resize/process.ts')).process },
  transcode: { contract: transcodeContract, load: async () => (await import('./transcode/process.ts')).process },
  poster: { contract: posterContract, load: async () => (await import('./poster/process.ts')).process },
  inspect: { contract: inspectContract, load: async () => (await import('./inspect/process.ts')).process },
  pdf: { contract: pdfContract, load: async () => (await import('./pdf/process.ts')).process },
};

export const kindNames: readonly string[] = Object.keys(catalog);
