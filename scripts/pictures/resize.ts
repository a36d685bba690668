import { stat } from 'node:fs/promises';
import { documentedPictures } from './documented-pictures.ts';

/** Size, bytes and whatever was searched for, as the step reports them. */
export const pictures = documentedPictures('resize', {
  use: 'harbour',
  tell: async ({ path, facts: { width, height, quality, ssim } }) => {
    const { size } = await stat(path);
    const found = quality === undefined ? '' : `, quality ${quality}`;
    const reached = ssim === undefined ? '' : `, SSIM ${ssim}`;
    return `${width}×${height}, ${(size / 1000).toFixed(1)} kB${found}${reached}`;
  },
});
