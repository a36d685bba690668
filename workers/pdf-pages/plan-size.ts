import type { SheetSize } from '../media/pdf/read-sheets.ts';
import type { PageFormat, PdfPagesParams } from './contract.ts';
import { maxSidePx } from './contract.ts';

const defaultDpi = 150;
const pointsPerInch = 72;

/** Poppler holds 3–4 bytes for each pixel and transparency groups as many again; libaom several times that. */
const maxPixels: Readonly<Record<PageFormat, number>> = { png: 8e7, jpeg: 8e7, webp: 8e7, avif: 2.5e7 };

export interface PageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Pixels of a page, its shape kept. Poppler is always told these and never a resolution: a page of 200 000 points, which a
 * 3 kB file can declare, asks for gigabytes at any of them and ends with exit 0 and no file.
 */
export function planSize(
  sheet: SheetSize,
  { width, height, dpi, format }: Pick<PdfPagesParams, 'width' | 'height' | 'dpi' | 'format'>,
): PageSize {
  const across = Math.max(sheet.width, 0.01);
  const up = Math.max(sheet.height, 0.01);
  const wished =
    width === undefined && height === undefined
      ? (dpi ?? defaultDpi) / pointsPerInch
      : Math.min((width ?? Infinity) / across, (height ?? Infinity) / up);
  const most = Math.sqrt(maxPixels[format ?? 'png'] / (across * up));
  const scale = Math.min(wished, most, maxSidePx / across, maxSidePx / up);
  return { width: pixels(across * scale), height: pixels(up * scale) };
}

const pixels = (size: number) => Math.min(maxSidePx, Math.max(1, Math.round(size)));
