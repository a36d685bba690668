import type { RenditionParams, ResizeParams } from './contract.ts';
import type { Preset } from './format-params.ts';

/** Each preset is params one could have written; whatever the step says itself wins. */
const presets: Readonly<Record<Preset, Partial<ResizeParams>>> = {
  thumbnail: { width: 320, height: 320, fit: 'cover', position: 'attention', format: 'webp' },
  avatar: { width: 256, height: 256, fit: 'cover', position: 'attention', format: 'webp', cornerRadius: 'circle' },
  social: { width: 1200, height: 630, fit: 'cover', position: 'attention', format: 'jpeg' },
  web: { format: 'auto', maxWidth: 2048, maxHeight: 2048 },
  responsive: { format: 'webp', renditions: widths([320, 640, 960, 1280, 1920, 2560]) },
};

export function withPreset({ preset, ...params }: ResizeParams): ResizeParams {
  return preset === undefined ? params : { ...presets[preset], ...params };
}

function widths(list: readonly number[]): Record<string, RenditionParams> {
  return Object.fromEntries(list.map((width) => [`w${width}`, { width }]));
}
