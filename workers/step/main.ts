import { AppError } from '../../shared/errors.ts';
import { configureMeasuring } from '../media/measuring-ffmpeg.ts';
import { runStep } from './run-step.ts';
import { readStepArguments } from './step-arguments.ts';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());

// npm runs scripts in the project's folder; the files are named from where the person stands.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);

try {
  await configureMeasuring(process.env.FARM_WORKER_VMAF_FFMPEG || undefined);
  const showProgress = (fraction: number) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${Math.round(fraction * 100)} %`);
  };
  const files = await runStep(readStepArguments(process.argv.slice(2)), stop.signal, showProgress);
  if (process.stderr.isTTY) process.stderr.write('\r');
  for (const { path } of files) process.stdout.write(`${path}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof AppError ? error.publicMessage : (error as Error).stack}\n`);
  process.exitCode = 1;
}
