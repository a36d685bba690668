import { ConfigError } from './env.ts';
import { AppError } from './errors.ts';

/** The little of `process` a program's life needs; handed in by its main.ts. */
export interface Host {
  once(event: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  exit(code: number): never;
  readonly stderr: { write(text: string): unknown };
}

interface Running {
  close(): Promise<void>;
  /** A program that ends by itself (cron mode) resolves this. */
  readonly finished?: Promise<void>;
}

/**
 * Starts a program, waits for SIGTERM or SIGINT (or its own end), closes it and exits 0. A second signal exits at once
 * with 130. A fault of the configuration is printed as it is, without a stack, and exits 2.
 */
export async function runProgram(host: Host, start: () => Promise<Running>): Promise<never> {
  const signalled = nextSignal(host);
  try {
    const running = await startUnlessStopped(start, signalled);
    if (running === undefined) return host.exit(0);
    await Promise.race([signalled, running.finished ?? new Promise<never>(() => {})]);
    nextSignal(host).then(() => host.exit(130));
    await running.close();
    return host.exit(0);
  } catch (error) {
    host.stderr.write(`${explain(error)}\n`);
    return host.exit(error instanceof ConfigError ? 2 : 1);
  }
}

/** A start that waits (for PostgreSQL, say) must not outlive a stop signal by more than this; one that is about done is closed properly. */
const startGraceMs = 5000;

async function startUnlessStopped(
  start: () => Promise<Running>,
  signalled: Promise<void>,
): Promise<Running | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const givenUp = signalled.then(
    () =>
      new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), startGraceMs);
      }),
  );
  try {
    return await Promise.race([start(), givenUp]);
  } finally {
    clearTimeout(timer);
  }
}

function nextSignal(host: Host): Promise<void> {
  return new Promise((resolve) => {
    host.once('SIGTERM', resolve);
    host.once('SIGINT', resolve);
  });
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof AppError) return error.publicMessage;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
