/** What a processor is given and what it gives back. */
import type { MediaFacts } from '../shared/messages/job.ts';

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
