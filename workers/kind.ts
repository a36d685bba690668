/** The types a job kind is made of. A kind is a folder (`contract.ts`, `process.ts`) and one line in `catalog.ts`. */
import type { z } from 'zod';
import type { Splitter } from './splitter.ts';
import type { Output, Task } from './task.ts';

export type { InputFile, Output, Task } from './task.ts';

export type Tool = 'ffmpeg' | 'ffprobe' | 'pdftoppm' | 'pdftocairo' | 'pdftotext' | 'pdfimages' | 'pdfinfo' | 'qpdf';

/** What a kind promises; read by the api, the docs and the runner, so it loads no native code. */
export interface Contract<P = unknown> {
  readonly kind: string;
  /** One sentence for the docs table and OpenAPI. */
  readonly summary: string;
  /** A strict object schema, JSON-representable (no transforms); every field described. */
  readonly params: z.ZodType<P>;
  readonly inputs: {
    readonly min: number;
    readonly max: number /** Media types for people to read, e.g. `image/*`. */;
    readonly accepts: readonly string[];
  };
  readonly limits: { readonly maxInputBytes: number /** Wall time of one try. */; readonly timeoutMs: number };
  /** Programs that must be on PATH; a farm without them switches the kind off and says so. */
  readonly tools: readonly Tool[];
  readonly examples: readonly { readonly title: string; readonly params: Readonly<Record<string, unknown>> }[];
}

/** Throws InputError only when the input is at fault (never retried); anything else counts as transient. */
export type Process<P> = (task: Task<P>) => Promise<readonly Output[]>;

export interface Kind {
  readonly contract: Contract;
  readonly load: () => Promise<Process<never>>;
  /** Where one step can be worked on by many workers (ADR 7). */
  readonly loadSplitter?: () => Promise<Splitter<never>>;
}
