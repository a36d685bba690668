import { ConfigError } from '../../shared/env.ts';
import { hasFilter } from './find-filters.ts';

let program = 'ffmpeg';

/**
 * Names another ffmpeg for comparing pictures, because the one on the path has no libvmaf; undefined: that one. Called once, at start.
 * @throws ConfigError when it cannot be run or has no libvmaf.
 */
export async function configureMeasuring(path: string | undefined): Promise<void> {
  if (path !== undefined && !(await hasFilter('libvmaf', path)))
    throw new ConfigError([
      `FARM_WORKER_VMAF_FFMPEG: expected an ffmpeg that has the filter libvmaf (${path} -filters lists them), got ${path}`,
    ]);
  program = path ?? 'ffmpeg';
}

/** The ffmpeg that compares pictures. */
export function measuringFfmpeg(): string {
  return program;
}
