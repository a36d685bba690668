import { stat } from 'node:fs/promises';
import type { Size } from './display-size.ts';
import { threads } from './encoders.ts';
import { runFfmpeg } from './ffmpeg.ts';
import type { Source } from './open-source.ts';
import { pictureChain } from './picture-chain.ts';

export const stillFormats = ['jpeg', 'png', 'webp'] as const;
export type StillFormat = (typeof stillFormats)[number];

export interface StillFacts {
  readonly extension: string;
  readonly mediaType: string;
  /** Forced when a result is probed. */
  readonly demuxer: string;
  readonly pixelFormat: string;
  encode(quality: number): string[];
}

/** Quality runs from 1 to 100; mjpeg counts from 31 (worst) to 2 (best). */
export const stills: Readonly<Record<StillFormat, StillFacts>> = {
  jpeg: {
    extension: 'jpg',
    mediaType: 'image/jpeg',
    demuxer: 'jpeg_pipe',
    pixelFormat: 'yuvj420p',
    encode: (quality) => ['-c:v', 'mjpeg', '-q:v', String(Math.round(31 - (quality / 100) * 29))],
  },
  png: {
    extension: 'png',
    mediaType: 'image/png',
    demuxer: 'png_pipe',
    pixelFormat: 'rgb24',
    encode: () => ['-c:v', 'png'],
  },
  webp: {
    extension: 'webp',
    mediaType: 'image/webp',
    demuxer: 'webp_pipe',
    pixelFormat: 'yuv420p',
    encode: (quality) => ['-c:v', 'libwebp', '-quality', String(quality)],
  },
};

export interface StillWish {
  readonly seconds: number;
  readonly size: Size;
  readonly format: StillFormat;
  readonly quality: number;
  readonly path: string;
}

/** Decodes the frame seen at `seconds` into a file; false when there is none so late. */
export async function takeStill(source: Source, wish: StillWish, signal: AbortSignal): Promise<boolean> {
  const { video } = source;
  if (video === undefined) return false;
  const still = stills[wish.format];
  const chain = pictureChain(video, {
    size: wish.size,
    pixelFormat: still.pixelFormat,
    deinterlace: 'flagged',
    range: wish.format === 'webp' ? 'limited' : 'full',
    matrix: 'bt601',
  });
  const seek = wish.seconds > 0 ? ['-ss', wish.seconds.toFixed(6)] : [];
  await runFfmpeg({
    inputs: [{ path: source.file.path, options: ['-threads', threads, ...source.inputOptions, ...seek] }],
    outputs: [
      {
        target: wish.path,
        options: [
          '-map',
          `0:${video.index}`,
          '-vf',
          chain,
          '-frames:v',
          '1',
          ...still.encode(wish.quality),
          '-update',
          '1',
          '-f',
          'image2',
        ],
      },
    ],
    inputName: source.file.name,
    signal,
  });
  return stat(wish.path).then(
    ({ size }) => size > 0,
    () => false,
  );
}
