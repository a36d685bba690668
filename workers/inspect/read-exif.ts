import exifr from 'exifr';
import type { Metadata } from 'sharp';
import type { InspectParams } from './contract.ts';

type Facts = Readonly<Record<string, string | number | boolean>>;

const maxTags = 200;
const maxTextChars = 1000;

/** What may tell where somebody was, whatever the tag is called. */
const tellsPlace = /gps|latitude|longitude|location|^city$|^country|altitude/i;

/** Camera facts as plain values; every one is untrusted and may be absurd: texts with zeros, dates of the year 0. */
export async function readExif({ exif }: Metadata, wish: InspectParams): Promise<Facts> {
  if (exif === undefined) return {};
  const tiff = exif.subarray(0, 6).toString('latin1') === 'Exif\0\0' ? exif.subarray(6) : exif;
  const read: unknown = await exifr.parse(tiff, { gps: wish.location === true }).catch(() => undefined);
  const tags = Object.entries((read ?? {}) as Record<string, unknown>).slice(0, maxTags);
  const facts: Record<string, string | number | boolean> = {};
  for (const [name, value] of tags) {
    const plain = plainValue(value);
    if (plain !== undefined && isWanted(name, wish)) facts[name] = plain;
  }
  return facts;
}

const isWanted = (name: string, { exif, location }: InspectParams) =>
  tellsPlace.test(name) ? location === true : exif === true;

function plainValue(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (typeof value !== 'string') return undefined;
  const text = value
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, maxTextChars);
  return text === '' ? undefined : text;
}
