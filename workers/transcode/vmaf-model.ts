import type { Size } from '../media/display-size.ts';

export type VmafModel = 'vmaf_v0.6.1' | 'vmaf_4k_v0.6.1';

/**
 * The models that are built into libvmaf: one for a screen of 1080 lines seen from three times its height, one for 4K seen from one and
 * a half. From above 1440p in both directions on it is the second, as ab-av1 chooses.
 */
export function vmafModel({ width, height }: Size): VmafModel {
  const ultraHd = Math.max(width, height) > 2560 && Math.min(width, height) > 1440;
  return ultraHd ? 'vmaf_4k_v0.6.1' : 'vmaf_v0.6.1';
}
