import { detectInterlace } from '../media/detect-interlace.ts';
import type { Size } from '../media/display-size.ts';
import type { Source } from '../media/open-source.ts';
import { pictureChain } from '../media/picture-chain.ts';
import type { VideoPlan } from './plan-transcode.ts';

export type Deinterlace = 'none' | 'flagged' | 'all';

export async function settleDeinterlace(video: VideoPlan, source: Source, signal: AbortSignal): Promise<Deinterlace> {
  if (video.deinterlace === 'never') return 'none';
  return video.deinterlace === 'always' ? 'all' : detectInterlace(source, signal);
}

export function videoChain(video: VideoPlan, size: Size, deinterlace: Deinterlace): string {
  return pictureChain(video.stream, { size, fps: video.encoding.fps, pixelFormat: 'yuv420p', deinterlace });
}

/** Fills holes and keeps the sound at the picture's clock. */
export const audioChain = 'aresample=async=1';

/** Frames keep their own times; two at the same time become one. */
export const keepFrameTimes = ['-fps_mode', 'vfr', '-enc_time_base', '-1'];
