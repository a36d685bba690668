import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { ConfigError } from './env.ts';
import { type Host, runProgram } from './lifecycle.ts';

/** A process on paper: signals are emitted by hand, exit codes and complaints are kept. */
function makeHost() {
  const signals = new EventEmitter();
  const printed: string[] = [];
  let exited: (code: number) => void = () => undefined;
  const exitCode = new Promise<number>((resolve) => {
    exited = resolve;
  });
  const host = {
    once: (event: string, listener: () => void) => signals.once(event, listener),
    exit: (code: number) => exited(code) as never,
    stderr: { write: (text: string) => printed.push(text) },
  } as unknown as Host;
  return { host, signals, printed, exitCode };
}

it('closes what it started on a signal and exits 0', async () => {
  const { host, signals, exitCode } = makeHost();
  let closed = false;
  void runProgram(host, async () => {
    setImmediate(() => signals.emit('SIGTERM'));
    return {
      close: async () => {
        closed = true;
      },
    };
  });
  expect(await exitCode).toBe(0);
  expect(closed).toBe(true);
});

it('ends by itself when its work is finished', async () => {
  const { host, exitCode } = makeHost();
  void runProgram(host, async () => ({ close: async () => undefined, finished: Promise.resolve() }));
  expect(await exitCode).toBe(0);
});

it('prints every fault of the configuration without a stack and exits 2', async () => {
  const { host, printed, exitCode } = makeHost();
  void runProgram(host, async () => {
    throw new ConfigError(['A: expected a', 'B: expected b']);
  });
  expect(await exitCode).toBe(2);
  expect(printed.join('')).toMatch(/A: expected a[\s\S]*B: expected b/);
  expect(printed.join('')).not.toMatch(/at .*lifecycle/);
});

it('does not let a start that waits hold up a stop', async () => {
  const { host, signals, exitCode } = makeHost();
  void runProgram(host, () => new Promise(() => undefined));
  signals.emit('SIGINT');
  expect(await exitCode).toBe(0);
});
