import { createRequire } from 'node:module';
import sharp from 'sharp';
import { FaultyPicture, refuseIfTooLarge } from './faulty-picture.ts';
import type { Decoded } from './to-png.ts';

interface HeifImage {
  get_width(): number;
  get_height(): number;
  is_primary(): boolean;
  display(into: Pixels, done: (filled: Pixels | null) => void): void;
}

interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

interface HeifDecoder {
  decode(bytes: Uint8Array): readonly HeifImage[];
}

/** The primary picture, upright: libheif applies the file's own rotation. Its profile comes from the header, which sharp reads. */
export async function decodeHeic(bytes: Buffer): Promise<Decoded> {
  const { HeifDecoder } = loadLibheif();
  const images = new HeifDecoder().decode(bytes);
  const image = images.find((candidate) => candidate.is_primary()) ?? images[0];
  if (image === undefined) {
    throw new FaultyPicture('The HEIC file holds no picture that can be read. Export it again, or send it as JPEG.');
  }
  const [width, height] = [image.get_width(), image.get_height()];
  refuseIfTooLarge(width, height);
  const filled = await new Promise<Pixels | null>((resolve) => {
    image.display({ data: new Uint8ClampedArray(width * height * 4), width, height }, resolve);
  });
  if (filled === null) {
    throw new FaultyPicture('The HEIC file is damaged: its picture cannot be decoded. Send the whole file again.');
  }
  const icc = await readProfile(bytes);
  return { rgba: new Uint8Array(filled.data.buffer), width, height, ...(icc === undefined ? {} : { icc }) };
}

/** The package has no types for its bundle. */
const loadLibheif = () =>
  createRequire(import.meta.url)('libheif-js/wasm-bundle') as { HeifDecoder: new () => HeifDecoder };

async function readProfile(bytes: Buffer): Promise<Buffer | undefined> {
  const metadata = await sharp(bytes)
    .metadata()
    .catch(() => undefined);
  return metadata?.icc;
}
