import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import ffmpeg from 'fluent-ffmpeg';
import { AppError } from '../../shared/errors.ts';
import { cageArguments, defaultLimits, killCaged, type Limits, launcher } from './cage.ts';
import { diskWasFull, explainFailure, scratchFull } from './explain-failure.ts';
import { processCpu } from './process-cpu.ts';
import { type FfmpegProgress, readProgress } from './read-progress.ts';

/**
 * The only file that knows fluent-ffmpeg (ADR 0003). The library joins our options to a command line and runs it; everything it
 * would guess (capabilities, progress, time limits) is answered here. Options are lists of raw ffmpeg arguments.
 */
export interface FfmpegRun {
  readonly inputs: readonly { readonly path: string; readonly options: readonly string[] }[];
  readonly outputs: readonly { readonly target: string; readonly options: readonly string[] }[];
  readonly filterGraph?: string;
  /** `info` where a filter reports through the log (loudnorm, idet). */
  readonly logLevel?: 'error' | 'info';
  /** How to call the file in a message. */
  readonly inputName: string;
  readonly signal: AbortSignal;
  readonly limits?: Limits;
  /** No sign of work for this long counts as a stall. */
  readonly stallMs?: number;
  /** After so long without a word from ffmpeg its last report is repeated, with the CPU spent until then; default a second. */
  readonly heartbeatMs?: number;
  readonly onProgress?: (progress: FfmpegProgress) => void;
  /** Another ffmpeg than the one on the path. */
  readonly program?: string;
}

/** A busy encoder on a crowded core can be silent for a minute while its lookahead fills. */
const defaultStallMs = 180_000;
const usualHeartbeatMs = 1000;
/** The last lines of stderr that are kept; fluent-ffmpeg drops older ones. */
const keptLines = 200;

/** Runs one ffmpeg process to its end; resolves with the last lines of its log. @throws AppError, or the reason of the abort. */
export async function runFfmpeg(run: FfmpegRun): Promise<{ readonly log: string }> {
  run.signal.throwIfAborted();
  const command = build(run, await cageArguments(run.limits ?? defaultLimits));
  const started = Date.now();
  let stalled = false;
  return new Promise((resolve, reject) => {
    const kill = () => killChild(childOf(command));
    const watchdog = startWatchdog(run.stallMs ?? defaultStallMs, () => {
      stalled = true;
      kill();
    });
    const report = (progress: FfmpegProgress) =>
      run.onProgress?.({ ...progress, cpuSeconds: processCpu(childOf(command)?.pid) });
    const heartbeat = startHeartbeat(report, run.heartbeatMs ?? usualHeartbeatMs);
    const settle = (finish: () => void) => {
      heartbeat.stop();
      watchdog.stop();
      run.signal.removeEventListener('abort', kill);
      finish();
    };
    run.signal.addEventListener('abort', kill);
    command.once('start', () => {
      if (run.signal.aborted) return kill();
      readProgress(childOf(command)?.stdout, (progress) => {
        if (progress.advanced) watchdog.feed();
        heartbeat.beat(progress);
      });
    });
    command.once('end', (_stdout: unknown, log: string | null) =>
      settle(() => (diskWasFull(log ?? '') ? reject(scratchFull(run.inputName)) : resolve({ log: log ?? '' }))),
    );
    command.once('error', (error: Error, _stdout: unknown, log?: string | null) =>
      settle(() =>
        reject(
          run.signal.aborted ? run.signal.reason : stalled ? stallError(run) : failureOf(error, log, run, started),
        ),
      ),
    );
    command.run();
  });
}

function build(run: FfmpegRun, cage: readonly string[]): ffmpeg.FfmpegCommand {
  const command = ffmpeg({ stdoutLines: keptLines }).setFfmpegPath(launcher);
  // Documented methods, answered without starting a process: ffmpeg itself knows what it can do, and the library's parsers of
  // -formats and -encoders break from ffmpeg 7 on.
  command.availableFormats = (callback) => callback(null as never, everything);
  command.availableEncoders = (callback) => callback(null as never, everything);
  const opening = [...cage, run.program ?? 'ffmpeg', '-nostdin', '-v', run.logLevel ?? 'error', '-nostats'];
  const reporting = ['-progress', 'pipe:1', '-stats_period', '0.5'];
  run.inputs.forEach(({ path, options }, index) => {
    // The options of the first input open the command line, so the cage stands there. Varargs: an array would be split at spaces.
    command
      .input(path)
      .inputOptions(...(index === 0 ? [...opening, ...reporting] : []), '-thread_queue_size', '64', ...options);
  });
  if (run.filterGraph !== undefined) command.complexFilter([run.filterGraph]);
  for (const { target, options } of run.outputs)
    command.output(target).outputOptions(...options, '-max_muxing_queue_size', '4096');
  return command;
}

/** Says yes to every question fluent-ffmpeg asks about formats and encoders. */
const everything = new Proxy(
  {},
  { has: () => true, get: () => ({ canMux: true, canDemux: true, experimental: false }) },
) as never;

/** The child is an undocumented field; the contract test in test/integration guards it. */
function childOf(command: ffmpeg.FfmpegCommand): ChildProcess | undefined {
  return (command as { ffmpegProc?: ChildProcess }).ffmpegProc;
}

function killChild(child: ChildProcess | undefined): void {
  if (child?.pid !== undefined) killCaged(child.pid, 'SIGKILL');
}

function failureOf(error: Error, log: string | null | undefined, run: FfmpegRun, started: number): AppError {
  const signal = /signal (SIG[A-Z]+)/.exec(error.message)?.[1];
  const code = /exited with code (\d+)/.exec(error.message)?.[1];
  const mostCpuSeconds = ((Date.now() - started) / 1000) * availableParallelism();
  return explainFailure({
    code: code === undefined ? null : Number(code),
    signal: (signal ?? null) as NodeJS.Signals | null,
    stderr: log ?? error.message,
    inputName: run.inputName,
    cpuLimitPossible: mostCpuSeconds >= (run.limits ?? defaultLimits).cpuSeconds * 0.9,
  });
}

function stallError(run: FfmpegRun): AppError {
  const seconds = Math.round((run.stallMs ?? defaultStallMs) / 1000);
  return new AppError(
    'deadline_exceeded',
    `Work on "${run.inputName}" made no progress for ${seconds} s and was stopped.`,
    {
      retryable: true,
    },
  );
}

function startWatchdog(stallMs: number, onStall: () => void): { feed(): void; stop(): void } {
  const timer = setTimeout(onStall, stallMs);
  return { feed: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}

/** ffmpeg says nothing while an encoder empties its lookahead, seconds long; then the last report is repeated. */
function startHeartbeat(
  report: (progress: FfmpegProgress) => void,
  everyMs: number,
): { beat(progress: FfmpegProgress): void; stop(): void } {
  let last: FfmpegProgress = { seconds: undefined, advanced: false };
  const timer = setInterval(() => report({ ...last, advanced: false }), everyMs);
  return {
    beat(progress) {
      last = progress;
      timer.refresh();
      report(progress);
    },
    stop: () => clearInterval(timer),
  };
}
