import sharp from 'sharp';
import type { Drawable } from './write-stamps.ts';

export interface Lettering {
  readonly text: string;
  /** Points. */
  readonly size: number;
  /** As CSS writes it. */
  readonly color: string;
}

/** The letters of stamps, opened once for all pages they go on. */
export type Letters = (lettering: Lettering) => Promise<Drawable>;

/** `#rrggbb`. */
export async function readColour(color: string): Promise<string> {
  const one = sharp({ create: { width: 1, height: 1, channels: 3, background: color } });
  return `#${(await one.raw().toBuffer()).toString('hex').slice(0, 6)}`;
}
