import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { AppError } from '../../shared/errors.ts';

/** A body on its way through: hashed and counted chunk by chunk, so memory does not grow with the file. */
export interface MeteredBody {
  /** At least `bytes` from the beginning, or all there is. Call it before `rest`. */
  peek(bytes: number): Promise<Buffer>;
  /** The whole body, the peeked beginning included. Errors with `payload_too_large` past the limit. */
  rest(): Readable;
  /** Complete once `rest` has ended. */
  facts(): { readonly bytes: number; readonly sha256: string };
  /** What broke the body itself, as opposed to whoever was reading it. */
  readonly failure: unknown;
}

export function meterBody(source: Readable, maxBytes: number): MeteredBody {
  const hash = createHash('sha256');
  // The request must outlive a refused body: the answer goes out on the same socket.
  const chunks = source.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const peeked: Buffer[] = [];
  let bytes = 0;
  let failure: unknown;
  const next = async (): Promise<Buffer | undefined> => {
    try {
      const { value, done } = await chunks.next();
      if (done) return undefined;
      bytes += value.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      hash.update(value);
      return value;
    } catch (error) {
      failure = error;
      await chunks.return?.();
      throw error;
    }
  };
  async function* all(): AsyncGenerator<Buffer> {
    try {
      while (peeked.length > 0) yield peeked.shift() as Buffer;
      for (let chunk = await next(); chunk; chunk = await next()) yield chunk;
    } finally {
      // Lets go of the source, so that what is left of it can still be read away.
      await chunks.return?.();
    }
  }
  return {
    peek: async (wanted) => {
      for (let have = 0; have < wanted; ) {
        const chunk = await next();
        if (!chunk) break;
        peeked.push(chunk);
        have += chunk.length;
      }
      return Buffer.concat(peeked).subarray(0, wanted);
    },
    rest: () => Readable.from(all(), { objectMode: false }),
    facts: () => ({ bytes, sha256: hash.copy().digest('hex') }),
    get failure() {
      return failure;
    },
  };
}

export function tooLarge(maxBytes: number): AppError {
  return new AppError('payload_too_large', `The file is larger than ${maxBytes} bytes, the most this farm takes.`);
}
