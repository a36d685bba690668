import sharp from 'sharp';

/** 24 million pixels, as a phone makes them. */
export const photoSize = { width: 6000, height: 4000 };

/** How strong each octave is; the finest is the grain of a sensor, softened by the camera. */
const octave = 8;
const grain = 3;
const octaves = 9;

export interface Pixels {
  readonly data: Buffer;
  readonly info: { readonly width: number; readonly height: number; readonly channels: 3 };
}

/**
 * Noise with as much contrast in each octave, which is what photographs have (1/f), so that decoders and encoders get the work
 * they get in life: 0.26 bytes a pixel as JPEG 90, 0.18 as WebP 80 at 1600 px. The same at every run. An enlarged small picture
 * is no stand-in: it is easy to decode and hard to encode.
 */
export async function naturalPicture(): Promise<Pixels> {
  const { width, height } = photoSize;
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed >>> 8) / 2 ** 24;
  };
  let coarse = addOctave(undefined, size(octaves - 1), octave, random);
  for (let level = octaves - 2; level >= 0; level--) {
    coarse = addOctave(await enlarge(coarse, size(level)), size(level), level === 0 ? grain : octave, random);
  }
  return { data: coarse.data, info: { width, height, channels: 3 } };
}

const size = (level: number) => ({
  width: Math.ceil(photoSize.width / 2 ** level),
  height: Math.ceil(photoSize.height / 2 ** level),
});

function addOctave(
  below: Pixels | undefined,
  at: { width: number; height: number },
  sigma: number,
  random: () => number,
) {
  const data = below?.data ?? Buffer.alloc(at.width * at.height * 3, 128);
  for (let index = 0; index < data.length; index++) {
    // The sum of three has a variance of a quarter and looks like a bell.
    const noise = (random() + random() + random() - 1.5) * 2 * sigma;
    data[index] = Math.max(0, Math.min(255, Math.round((data[index] ?? 128) + noise)));
  }
  return { data, info: { ...at, channels: 3 as const } };
}

async function enlarge({ data, info }: Pixels, to: { width: number; height: number }): Promise<Pixels> {
  const pixels = await sharp(data, { raw: info })
    .resize({ ...to, fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  return { data: pixels, info: { ...to, channels: 3 } };
}
