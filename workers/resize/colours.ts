import sharp, { type Sharp } from 'sharp';
import type { RenditionPlan } from './plan-renditions.ts';
import { rightsPacket } from './rights-packet.ts';

/** In sharp 0.35, but not yet in its types. */
type WithGainMap = Sharp & { keepGainMap(): Sharp };

/** sRGB without a profile unless asked otherwise; a profile is never dropped without converting. */
export async function withColours(pixels: Sharp, plan: RenditionPlan): Promise<Sharp> {
  const { params, rights, isWide } = plan;
  const { keep = [], colorSpace, depth, hdr } = params;
  let coloured = isWide ? await pastSrgb(pixels) : pixels;
  if (depth === 16) coloured = coloured.toColourspace('rgb16');
  if (colorSpace === 'p3') coloured = coloured.withIccProfile('p3');
  else if (keep.includes('icc')) coloured = coloured.keepIccProfile();
  if (keep.includes('exif')) coloured = coloured.keepExif();
  else if (Object.keys(rights).length > 0) coloured = withRights(coloured, plan);
  if (hdr === 'keep') coloured = (coloured as WithGainMap).keepGainMap();
  return coloured;
}

/**
 * sharp takes a picture of eight bits through sRGB, whatever comes after, and what sRGB cannot show is gone by then. Kept
 * in its own profile with 16 bits, it goes through P3 at the second reading.
 */
async function pastSrgb(pixels: Sharp): Promise<Sharp> {
  const own = pixels.keepIccProfile().keepExif().toColourspace('rgb16').png({ compressionLevel: 0 });
  return sharp(await own.toBuffer(), { limitInputPixels: false });
}

/** EXIF knows ASCII only, and libvips writes question marks for the rest; XMP takes any name. */
function withRights(pixels: Sharp, { rights }: RenditionPlan): Sharp {
  const latin = Object.entries(rights).filter(([, value]) => /^[\x20-\x7e©]*$/.test(value));
  const named = pixels.withXmp(rightsPacket(rights));
  return latin.length === 0 ? named : named.withExif({ IFD0: Object.fromEntries(latin) });
}
