/** What a dependency or a part says of itself on `GET /readyz`. */
export interface Health {
  readonly name: string;
  readonly ok: boolean;
  /** Why not; for a person who can do something about it. */
  readonly reason?: string;
}

/** A running part of the farm (api, orchestrator, notifier, worker). Built by a `start…` function, closed by its owner. */
export interface Part {
  readonly name: string;
  health(): Promise<readonly Health[]>;
  /** Stops taking work, lets running work finish or releases it, then lets go of everything it opened itself. Idempotent. */
  close(): Promise<void>;
}
