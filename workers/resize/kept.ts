import type { RenditionParams } from './contract.ts';
import type { Kept } from './freeze.ts';

/** What a rendition needs of the source beside sRGB pixels of eight bits. */
export function keptFor({ keep = [], colorSpace, depth, hdr }: RenditionParams): Kept {
  const exif = keep.includes('exif');
  const isRich = exif || keep.includes('icc') || colorSpace === 'p3' || depth === 16 || hdr === 'keep';
  return isRich ? { bits: depth ?? 8, exif } : false;
}

/** What several renditions together need. */
export function keptOfAll(all: readonly Kept[]): Kept {
  const some = all.filter((kept) => kept !== false);
  if (some.length === 0) return false;
  return { bits: some.some(({ bits }) => bits === 16) ? 16 : 8, exif: some.some(({ exif }) => exif) };
}
