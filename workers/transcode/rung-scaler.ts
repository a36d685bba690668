import type { Size } from '../media/display-size.ts';
import { hasFilter } from '../media/find-filters.ts';

/** The filter that makes the pictures of the lower rungs. */
export type Scaler = 'zscale' | 'scale';

/** zimg's Lanczos is as good as swscale's at half the work (ADR 40); some builds of ffmpeg go without it. */
export async function findScaler(): Promise<Scaler> {
  return (await hasFilter('zscale')) ? 'zscale' : 'scale';
}

/** Pictures cut into slices for several threads cost more than they win here: the encoders keep the cores busy. */
const byOneThread = 'threads=1';

export function scaleRung(scaler: Scaler, { width, height }: Size): string {
  const scaled =
    scaler === 'zscale'
      ? `zscale=${width}:${height}:f=lanczos:${byOneThread}`
      : `scale=${width}:${height}:flags=lanczos:${byOneThread}`;
  return `${scaled},setsar=1`;
}
