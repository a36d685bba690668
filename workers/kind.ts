/** The types a job kind is made of. A kind is a folder (`contract.ts`, `process.ts`) and one line in `catalog.ts`. */
import type { z } from 'zod';
import type { MediaFacts } from '../shared/messages/job.ts';
import type { Splitter } from './splitter.ts';

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

export interface InputFile {
  /** A local file in the task's scratch; its name is ours, never the sender's. */
  readonly path: string;
  readonly bytes: number;
  /** Sniffed from the content, not what the sender said; `application/octet-stream` when unknown. */
  readonly mediaType: string;
  /** The sender's file name, to show in messages and captions. */
  readonly name: string;
  /** The reference it came from: an input's name, or `step/output`. */
  readonly reference: string;
}

export interface Output {
  /** Relative, may hold slashes (`720p/seg_00001.m4s`); unique in the step. */
  readonly name: string;
  /** A file below the task's scratch. */
  readonly path: string;
  readonly mediaType: string;
  /** width, height, durationMs, videoCodec, audioCodec, pages, and whatever else the kind reports. */
  readonly facts?: MediaFacts;
}

export interface Task<P> {
  /** Already validated by the kind's contract. */
  readonly params: P;
  readonly inputs: readonly InputFile[];
  /** A private, empty directory; the only place it writes. */
  readonly scratch: string;
  /** The base name for outputs (the step's name): a single output is `<name>.<ext>`. */
  readonly name: string;
  /** Deadline, cancel, shutdown or lost connection. */
  readonly signal: AbortSignal;
  /** 0 … 1, monotonic. */
  progress(fraction: number): void;
  /** Stores an output before the step ends (HLS segments as they are finished). It must not be returned again. */
  emit(output: Output): Promise<void>;
  /**
   * Says that a rendition is of use before the step ends (a rung that plays): stores `outputs`, makes everything stored so
   * far public and announces `rendition.ready`. An output given here may be given or returned again, then it is replaced
   * (a master playlist that grows).
   */
  ready(rendition: string, outputs: readonly Output[]): Promise<void>;
}

/** Throws InputError only when the input is at fault (never retried); anything else counts as transient. */
export type Process<P> = (task: Task<P>) => Promise<readonly Output[]>;

export interface Kind {
  readonly contract: Contract;
  readonly load: () => Promise<Process<never>>;
  /** Where one step can be worked on by many workers (ADR 7). */
  readonly loadSplitter?: () => Promise<Splitter<never>>;
}
