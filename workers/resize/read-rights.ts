import exifr from 'exifr';
import type { Metadata } from 'sharp';

/** EXIF's two fields that say whose picture it is. */
export interface Rights {
  readonly Copyright?: string;
  readonly Artist?: string;
}

const maxRightsChars = 1000;

/** What the source's EXIF says; nothing when it says nothing, or is broken. Its values are untrusted: trimmed and cut. */
export async function readRights({ exif }: Metadata): Promise<Rights> {
  if (exif === undefined) return {};
  const tiff = exif.subarray(0, 6).toString('latin1') === 'Exif\0\0' ? exif.subarray(6) : exif;
  const read: unknown = await exifr.parse(tiff, { pick: ['Copyright', 'Artist'] }).catch(() => undefined);
  const tags = (read ?? {}) as Readonly<Record<string, unknown>>;
  const text = (name: string) => {
    const value = tags[name];
    const clean =
      typeof value === 'string'
        ? value
            .replace(/\p{Cc}/gu, '')
            .trim()
            .slice(0, maxRightsChars)
        : '';
    return clean === '' ? {} : { [name]: clean };
  };
  return { ...text('Copyright'), ...text('Artist') };
}
