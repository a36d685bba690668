import { concatContract } from './concat/contract.ts';
import { contactSheetContract } from './contact-sheet/contract.ts';
import { deepZoomContract } from './deep-zoom/contract.ts';
import { inspectContract } from './inspect/contract.ts';
import type { Kind } from './kind.ts';
import { loudnessContract } from './loudness/contract.ts';
import { pdfContract } from './pdf/contract.ts';
import { pdfEditContract } from './pdf-edit/contract.ts';
import { pdfPagesContract } from './pdf-pages/contract.ts';
import { posterContract } from './poster/contract.ts';
import { previewContract } from './preview/contract.ts';
import { resizeContract } from './resize/contract.ts';
import { spriteContract } from './sprite/contract.ts';
import { transcodeContract } from './transcode/contract.ts';
import { waveformContract } from './waveform/contract.ts';

/** The only register of kinds. Processors are imported when first needed, so a service never loads sharp, ffmpeg or pdfkit. */
export const catalog: Readonly<Record<string, Kind>> = {
  resize: { contract: resizeContract, load: async () => (await import('./resize/process.ts')).process },
  transcode: {
    contract: transcodeContract,
    load: async () => (await import('./transcode/process.ts')).process,
    loadSplitter: async () => (await import('./transcode/split/splitter.ts')).splitter,
  },
  poster: { contract: posterContract, load: async () => (await import('./poster/process.ts')).process },
  sprite: { contract: spriteContract, load: async () => (await import('./sprite/process.ts')).process },
  preview: { contract: previewContract, load: async () => (await import('./preview/process.ts')).process },
  waveform: { contract: waveformContract, load: async () => (await import('./waveform/process.ts')).process },
  loudness: { contract: loudnessContract, load: async () => (await import('./loudness/process.ts')).process },
  concat: { contract: concatContract, load: async () => (await import('./concat/process.ts')).process },
  inspect: { contract: inspectContract, load: async () => (await import('./inspect/process.ts')).process },
  'contact-sheet': {
    contract: contactSheetContract,
    load: async () => (await import('./contact-sheet/process.ts')).process,
  },
  'deep-zoom': { contract: deepZoomContract, load: async () => (await import('./deep-zoom/process.ts')).process },
  pdf: { contract: pdfContract, load: async () => (await import('./pdf/process.ts')).process },
  'pdf-pages': { contract: pdfPagesContract, load: async () => (await import('./pdf-pages/process.ts')).process },
  'pdf-edit': { contract: pdfEditContract, load: async () => (await import('./pdf-edit/process.ts')).process },
};

export const kindNames: readonly string[] = Object.keys(catalog);
