interface Waiting {
  admit(): void;
  refuse(reason: unknown): void;
}

/** Lets at most `size` in at once; the others wait in order. */
export class Window {
  readonly #waiting = new Set<Waiting>();
  #free: number;

  constructor(size: number) {
    this.#free = size;
  }

  /** @throws what `refuseWaiting` is given while it waits */
  async enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((admit, refuse) => this.#waiting.add({ admit, refuse }));
  }

  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiting.delete(next);
    next.admit();
  }

  /** Sends away all who wait; those inside stay. */
  refuseWaiting(reason: unknown): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const each of waiting) each.refuse(reason);
  }
}
