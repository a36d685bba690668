import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { Written } from '../../workers/step/run-step.ts';
import { documentedPictures } from './documented-pictures.ts';

/** Where the frame is taken: the boat is in the middle of the clip's first picture. */
const atSeconds = '3';

/** One frame of the video that was written first, as wide as the page shows it. */
async function showFrame([written]: readonly Written[]): Promise<Buffer> {
  const where = ['-v', 'error', '-nostdin', '-ss', atSeconds, '-i', written?.path ?? ''];
  const { stdout } = await promisify(execFile)(
    'ffmpeg',
    [...where, '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png', '-'],
    {
      encoding: 'buffer',
      maxBuffer: 16 * 1024 ** 2,
    },
  );
  return sharp(stdout).resize({ width: 200, withoutEnlargement: true }).webp({ quality: 80 }).toBuffer();
}

const files = ['plain', 'crop', 'pad', 'watermark-text', 'watermark-image'];

export const pictures = documentedPictures('transcode', {
  use: 'clip',
  views: Object.fromEntries(files.map((name) => [`transcode-${name}.webp`, showFrame])),
});
