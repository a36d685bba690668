import type { Readable } from 'node:stream';

export interface FfmpegProgress {
  /** Media time written so far; undefined while ffmpeg does not know. */
  readonly seconds: number | undefined;
  /** False when nothing moved since the last report: no frame, no byte, no media time. */
  readonly advanced: boolean;
}

/** Reads the `key=value` blocks of `ffmpeg -progress`, each ended by a `progress=` line. */
export function readProgress(stream: Readable | null | undefined, report: (progress: FfmpegProgress) => void): void {
  let rest = '';
  let block: Record<string, string> = {};
  let before = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [key = '', value = ''] = line.split('=', 2);
      block[key.trim()] = value.trim();
      if (key !== 'progress') continue;
      const now = `${block.out_time_us}/${block.frame}/${block.total_size}/${value}`;
      report({ seconds: secondsOf(block), advanced: now !== before });
      before = now;
      block = {};
    }
  });
}

function secondsOf(block: Readonly<Record<string, string>>): number | undefined {
  const micros = Number(block.out_time_us);
  return Number.isFinite(micros) && micros >= 0 ? micros / 1e6 : undefined;
}
