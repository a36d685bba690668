/** What takes a picture worker the most memory: the largest files at hand, and the largest results that are allowed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { makeSource } from '../../scripts/pictures/sources/make-source.ts';
import { readFixtures } from './fixtures.ts';

interface LargestPicture {
  readonly name: string;
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** As docs/kinds/resize.md states them. */
export const memoryBounds = { fixtureBytes: 0.5e9, stepBytes: 1.6e9 };

const largePixels = 2_000_000;

/** Every fixture of more than two million pixels that resize reads. */
export async function largestFixtures(): Promise<readonly LargestPicture[]> {
  const images = readFixtures().filter(({ kind, expected }) => kind === 'image' && expected.resize.includes('ok'));
  const sized = await Promise.all(
    images.map(async ({ file, path }) => {
      const { width, height } = await sharp(path, { limitInputPixels: false })
        .metadata()
        .catch(() => ({ width: 0, height: 0 }));
      return {
        name: `${file}, ${width}×${height}`,
        path,
        params: { width: 320, format: 'webp' },
        pixels: width * height,
      };
    }),
  );
  return sized.filter(({ pixels }) => pixels >= largePixels);
}

/** Made from the harbour of the documents, blown up: pixels cost what they cost whatever they show. */
export async function makeLargest(): Promise<{ pictures: readonly LargestPicture[]; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'farm-largest-'));
  const { bytes } = await makeSource('harbour');
  const blown = (side: number) => sharp(bytes).resize(side, side, { fit: 'fill' });
  const [huge, progressive, large] = ['huge.jpg', 'progressive.jpg', 'large.jpg'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await blown(16_383).jpeg({ quality: 70, optimiseCoding: false }).toFile(huge);
  await blown(11_000).jpeg({ quality: 60, progressive: true, chromaSubsampling: '4:4:4' }).toFile(progressive);
  await blown(8000).jpeg({ quality: 80 }).toFile(large);
  const pictures = [
    { name: 'JPEG 16383×16383 to a thumbnail', path: huge, params: { width: 320, format: 'webp' } },
    { name: 'JPEG 16383×16383 as it is', path: huge, params: { format: 'jpeg' } },
    { name: 'progressive JPEG 11000×11000', path: progressive, params: { width: 320, format: 'webp' } },
    { name: 'JPEG 8000×8000, tilted', path: large, params: { format: 'webp', rotate: 3, width: 6000 } },
    {
      name: 'AVIF 5000×5000, corners cut',
      path: large,
      params: { format: 'avif', width: 5000, cornerRadius: 9, effort: 0 },
    },
  ];
  return { pictures, remove: () => rm(folder, { recursive: true, force: true }) };
}
