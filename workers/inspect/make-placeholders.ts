import { encode } from 'blurhash';
import { rgbaToThumbHash } from 'thumbhash';
import type { Sample } from './take-sample.ts';

/** BlurHash needs no more, and its time grows with the pixels. */
const blurHashPx = 32;
const previewPx = 16;

/** What a page shows while the picture loads: two hashes for script, and a tiny picture that needs none. */
export async function makePlaceholders(sample: Sample) {
  const { data, info } = await sample
    .start()
    .resize({ width: blurHashPx, height: blurHashPx, fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const wide = info.width >= info.height;
  const preview = await sample
    .start()
    .resize({ width: previewPx, height: previewPx, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 40 })
    .toBuffer();
  return {
    blurhash: encode(new Uint8ClampedArray(data), info.width, info.height, wide ? 4 : 3, wide ? 3 : 4),
    thumbhash: Buffer.from(rgbaToThumbHash(sample.width, sample.height, sample.rgba)).toString('base64'),
    preview: `data:image/webp;base64,${preview.toString('base64')}`,
  };
}
