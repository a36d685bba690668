import type { Queue } from '../topology.ts';

export interface StoredMessage {
  readonly json: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly routingKey: string;
  readonly messageId: string;
  readonly correlationId: string | undefined;
  readonly replyTo: string | undefined;
  /** How often it was lent and given back. */
  readonly returns: number;
}

/** A message lent by its queue until one of the three is called; later calls do nothing. */
export interface Loan {
  readonly message: StoredMessage;
  ack(): void;
  reject(): void;
  release(): void;
}

export interface Taker {
  hasRoom(): boolean;
  take(loan: Loan): void;
}

/** Memory is dearer than a broker's disk: what would drop its oldest at 100 000 messages does so here. */
const maxKept = 1000;
/** How long a dead letter waits when the queue it goes to is full. RabbitMQ: 180 s. */
const refusedLetterMs = 1000;

interface Waiting {
  readonly message: StoredMessage;
  readonly expiresAt: number;
}

/** One queue with RabbitMQ's bounds, expiry, delivery limit and dead letters; the order is first in, first out. */
export class MemoryQueue {
  readonly #definition: Queue;
  readonly #deadLetter: (exchange: string, message: StoredMessage) => boolean;
  readonly #maxLength: number;
  readonly #ready: Waiting[] = [];
  readonly #takers: Taker[] = [];
  readonly #refusedLetters = new Set<NodeJS.Timeout>();
  #expiry: NodeJS.Timeout | undefined;
  #lending: NodeJS.Immediate | undefined;

  /** `deadLetter` answers whether some queue took the letter. */
  constructor(definition: Queue, deadLetter: (exchange: string, message: StoredMessage) => boolean) {
    this.#definition = definition;
    this.#deadLetter = deadLetter;
    const limit = definition.maxLength ?? Number.POSITIVE_INFINITY;
    this.#maxLength = definition.overflow === 'drop-head' ? Math.min(limit, maxKept) : limit;
  }

  get name(): string {
    return this.#definition.name;
  }

  get depth(): { readonly ready: number; readonly consumers: number } {
    return { ready: this.#ready.length, consumers: this.#takers.length };
  }

  /** Full, and publishers are told so. */
  get refuses(): boolean {
    return this.#ready.length >= this.#maxLength && this.#definition.overflow === 'reject-publish';
  }

  /** False when the queue refuses. */
  offer(message: StoredMessage): boolean {
    if (this.refuses) return false;
    this.#ready.push(this.#waiting(message));
    const dropped = this.#ready.length > this.#maxLength ? this.#ready.shift() : undefined;
    if (dropped !== undefined) this.#letGo(dropped.message);
    this.#expire();
    this.wake();
    return true;
  }

  takeNow(): Loan | undefined {
    const head = this.#ready.shift();
    if (head === undefined) return undefined;
    return lend(head.message, {
      reject: (message) => this.#letGo(message),
      release: (message) => this.#giveBack(message),
    });
  }

  /** Lends to the taker whenever it has room; answers how to leave. */
  subscribe(taker: Taker): () => void {
    this.#takers.push(taker);
    this.wake();
    return () => {
      const place = this.#takers.indexOf(taker);
      if (place >= 0) this.#takers.splice(place, 1);
    };
  }

  /** To be called when a taker has room again. Lends in a later turn of the event loop, in rotation, as a broker would. */
  wake(): void {
    this.#lending ??= setImmediate(() => {
      this.#lending = undefined;
      while (this.#ready.length > 0) {
        const taker = nextWithRoom(this.#takers);
        const loan = taker && this.takeNow();
        if (taker === undefined || loan === undefined) return;
        taker.take(loan);
      }
    });
  }

  close(): void {
    clearImmediate(this.#lending);
    clearTimeout(this.#expiry);
    for (const timer of this.#refusedLetters) clearTimeout(timer);
    this.#takers.length = 0;
    this.#ready.length = 0;
  }

  #waiting(message: StoredMessage): Waiting {
    return { message, expiresAt: Date.now() + (this.#definition.ttlMs ?? Number.POSITIVE_INFINITY) };
  }

  /** Lets the expired go, oldest first, and comes back when the next one is due. */
  #expire(): void {
    if (this.#definition.ttlMs === undefined || this.#expiry !== undefined) return;
    for (let head = this.#ready[0]; head !== undefined && head.expiresAt <= Date.now(); head = this.#ready[0]) {
      this.#ready.shift();
      this.#letGo(head.message);
    }
    const next = this.#ready[0];
    if (next === undefined) return;
    this.#expiry = setTimeout(() => {
      this.#expiry = undefined;
      this.#expire();
    }, next.expiresAt - Date.now());
  }

  /** At least once: a letter that is refused is kept and sent again. */
  #letGo(message: StoredMessage): void {
    const exchange = this.#definition.deadLetterExchange;
    if (exchange === undefined || this.#deadLetter(exchange, { ...message, returns: 0 })) return;
    const timer = setTimeout(() => {
      this.#refusedLetters.delete(timer);
      this.#letGo(message);
    }, refusedLetterMs);
    this.#refusedLetters.add(timer);
  }

  #giveBack(message: StoredMessage): void {
    const returned = { ...message, returns: message.returns + 1 };
    if (returned.returns > (this.#definition.deliveryLimit ?? Number.POSITIVE_INFINITY)) {
      this.#letGo(returned);
      return;
    }
    this.#ready.unshift(this.#waiting(returned));
    this.#expire();
    this.wake();
  }
}

function lend(
  message: StoredMessage,
  home: { reject(message: StoredMessage): void; release(message: StoredMessage): void },
): Loan {
  let settled = false;
  const once = (settle: () => void) => () => {
    if (settled) return;
    settled = true;
    settle();
  };
  return {
    message,
    ack: once(() => undefined),
    reject: once(() => home.reject(message)),
    release: once(() => home.release(message)),
  };
}

/** The first with room, moved to the end so that the others come first next time. */
function nextWithRoom(takers: Taker[]): Taker | undefined {
  const place = takers.findIndex((taker) => taker.hasRoom());
  const [taker] = place < 0 ? [] : takers.splice(place, 1);
  if (taker !== undefined) takers.push(taker);
  return taker;
}
