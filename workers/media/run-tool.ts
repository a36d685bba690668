import { spawn } from 'node:child_process';
import { cageArguments, defaultLimits, killCaged, type Limits, launcher } from './cage.ts';

export interface ToolRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** Wall time; then the whole process group is killed and `signal` of the result is SIGKILL. */
  readonly timeoutMs: number;
  /** What is kept of stdout; a tool that says more is killed. */
  readonly maxStdoutBytes?: number;
  readonly limits?: Limits;
  /** Takes stdout piece by piece instead of keeping it. */
  readonly onStdout?: (chunk: Buffer) => void;
}

export interface ToolResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  /** The last 16 KiB. */
  readonly stderr: string;
}

const maxStderrChars = 16_384;

/** Runs a media tool caged and without stdin. Resolves with whatever the tool did; @throws only the reason of an abort, or a failed spawn. */
export async function runTool(run: ToolRun): Promise<ToolResult> {
  run.signal.throwIfAborted();
  const cage = await cageArguments(run.limits ?? defaultLimits);
  return new Promise((resolve, reject) => {
    const child = spawn(launcher, [...cage, run.command, ...run.args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const kill = () => child.pid !== undefined && killCaged(child.pid, 'SIGKILL');
    const timer = setTimeout(kill, run.timeoutMs);
    run.signal.addEventListener('abort', kill);
    const stdout = keep(run, kill);
    let stderr = '';
    child.stdout.on('data', stdout.take);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-maxStderrChars);
    });
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      run.signal.removeEventListener('abort', kill);
      finish();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('close', (code, signal) =>
      settle(() => {
        if (run.signal.aborted) reject(run.signal.reason);
        else resolve({ code, signal, stdout: Buffer.concat(stdout.chunks), stderr });
      }),
    );
  });
}

function keep(run: ToolRun, kill: () => void): { take(chunk: Buffer): void; readonly chunks: Buffer[] } {
  const chunks: Buffer[] = [];
  let left = run.maxStdoutBytes ?? 8 * 1024 ** 2;
  return {
    chunks,
    take(chunk) {
      if (run.onStdout !== undefined) return run.onStdout(chunk);
      left -= chunk.length;
      if (left < 0) kill();
      else chunks.push(chunk);
    },
  };
}
