import type { Size } from '../media/display-size.ts';
import type { Score } from './quality-goal.ts';
import { vmafModel } from './vmaf-model.ts';

/** Two pads of a graph, the same frames at the same times in the same size. */
export interface Pair {
  /** Letters and digits. */
  readonly name: string;
  readonly made: string;
  readonly wanted: string;
  readonly size: Size;
}

interface VmafWish {
  /** Each keeps pictures of its own. */
  readonly threads: number;
}

/**
 * Filters that compare a pair, and the pads they end in; what they found comes in the log at level `info`. VMAF is the arithmetic mean
 * over frames, the usual one; undefined: it cannot be taken.
 */
export function comparePair(
  { name, made, wanted, size }: Pair,
  vmaf: VmafWish | undefined,
): { readonly filters: readonly string[]; readonly ends: readonly string[] } {
  const libvmaf = `libvmaf@${name}=model=version=${vmafModel(size)}:pool=mean:n_threads=${vmaf?.threads}`;
  const metrics = [
    { pad: `ssim${name}`, filter: `ssim@${name}` },
    { pad: `psnr${name}`, filter: `psnr@${name}` },
    ...(vmaf === undefined ? [] : [{ pad: `vmaf${name}`, filter: libvmaf }]),
  ];
  const pads = (side: string) => metrics.map(({ pad }) => `[${side}${pad}]`).join('');
  return {
    filters: [
      `[${made}]split=${metrics.length}${pads('m')}`,
      `[${wanted}]split=${metrics.length}${pads('w')}`,
      ...metrics.map(({ pad, filter }) => `[m${pad}][w${pad}]${filter}[${pad}]`),
    ],
    ends: metrics.map(({ pad }) => pad),
  };
}

/**
 * The same samples with the same words for their colours. From 7 on, ffmpeg converts what is named differently on the two sides, and
 * an encoder's file need not name what the filters before it did.
 */
export function asSamples(pixelFormat: string): string {
  return `format=${pixelFormat},setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709,setsar=1`;
}

/** What the filters of a pair said. */
export function readScore(log: string, { name, size }: Pick<Pair, 'name' | 'size'>): Score {
  const said = (metric: string, value: string) =>
    new RegExp(`^\\[${metric}@${name} @ \\w+\\] .*?${value}([\\d.]+|inf)`, 'm').exec(log)?.[1];
  const ssim = said('ssim', 'SSIM Y:');
  const psnr = said('psnr', 'PSNR y:');
  const vmaf = said('libvmaf', 'VMAF score: ');
  if (ssim === undefined) throw new TypeError('the ssim filter reported nothing');
  return {
    ssim: Number(ssim),
    psnr: psnr === 'inf' || psnr === undefined ? 100 : Number(psnr),
    ...(vmaf === undefined ? {} : { vmaf: Number(vmaf), vmafModel: vmafModel(size) }),
  };
}
