import { Readable } from 'node:stream';
import { OutboundError } from './outbound-error.ts';
import type { Deadline } from './start-deadline.ts';

export interface BodyLimit {
  readonly maxBytes: number;
  /** What happens beyond `maxBytes`: the body errors with `too_large`, or simply ends there. */
  readonly excess: 'fail' | 'truncate';
}

/** The body of an answer, cut or failed at its limit and ended by the deadline. Whoever gets it reads or destroys it. */
export function boundBody(source: Readable, limit: BodyLimit, deadline: Deadline): Readable {
  const body = Readable.from(readBounded(source, limit, deadline), { objectMode: false });
  // An error after the reader has left has nobody to go to.
  source.on('error', () => undefined);
  body.once('close', () => {
    deadline.clear();
    source.destroy();
  });
  return body;
}

async function* readBounded(source: Readable, limit: BodyLimit, deadline: Deadline): AsyncGenerator<Buffer> {
  let left = limit.maxBytes;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      if (chunk.length > left) {
        if (limit.excess === 'fail') throw tooLarge(limit.maxBytes);
        yield chunk.subarray(0, left);
        return;
      }
      left -= chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw deadline.explain(error);
  }
}

export function tooLarge(maxBytes: number): OutboundError {
  return new OutboundError('too_large', `The file at this address is larger than ${maxBytes} bytes, the limit here.`);
}
