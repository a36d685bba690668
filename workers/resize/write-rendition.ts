import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { InputError } from '../../shared/errors.ts';
import type { MediaFacts } from '../../shared/messages/job.ts';
import type { InputFile, Output } from '../kind.ts';
import { writable } from '../media/image-formats.ts';
import type { Picture } from './decode-once.ts';
import { encode } from './encode.ts';
import { type Encoded, fitBytes, isSearched } from './fit-bytes.ts';
import { freeze, maxComparedPixels, maxHeldPixels, refuseIfTooManyPixels } from './freeze.ts';
import type { RenditionPlan } from './plan-renditions.ts';
import { render } from './render.ts';
import type { Size } from './size.ts';

/** Draws one rendition, writes it, and says what it is. */
export async function writeRendition(
  picture: Picture,
  plan: RenditionPlan,
  inputs: readonly InputFile[],
  scratch: string,
): Promise<Output> {
  const { extension, mediaType } = writable[plan.format];
  const name = `${plan.name}.${extension}`;
  const path = join(scratch, name);
  const facts = isSearched(plan)
    ? await writeSearched(picture, plan, inputs, path)
    : await writeOnce(picture, plan, inputs, path);
  return { name, path, mediaType, facts };
}

async function writeOnce(
  picture: Picture,
  plan: RenditionPlan,
  inputs: readonly InputFile[],
  path: string,
): Promise<MediaFacts> {
  const drawn = await render(picture, plan, inputs);
  await (await encode(hasRights(plan) ? await withoutThumbnail(drawn, plan) : drawn, plan)).toFile(path);
  return factsOf(plan.geometry.size, plan, path);
}

const hasRights = ({ rights, params }: RenditionPlan) =>
  Object.keys(rights).length > 0 && params.keep?.includes('exif') !== true;

/** With EXIF of our own libvips would also write the source's thumbnail, which shows all of it; pixels alone have none. */
async function withoutThumbnail(drawn: Sharp, plan: RenditionPlan): Promise<Sharp> {
  refuseIfTooManyPixels(plan.geometry.size, plan.frames, '"keep": ["copyright"]', maxHeldPixels(plan.rich));
  return (await freeze(drawn, searchedShape(plan))).start();
}

/** Frames lie below each other. */
const searchedShape = ({ rich, frames, geometry: { size } }: RenditionPlan) => ({
  rich,
  frames,
  size: { width: size.width, height: size.height * frames },
});

async function writeSearched(
  picture: Picture,
  plan: RenditionPlan,
  inputs: readonly InputFile[],
  path: string,
): Promise<MediaFacts> {
  const { size } = plan.geometry;
  if (plan.params.targetQuality === undefined)
    refuseIfTooManyPixels(size, plan.frames, 'maxBytes', maxHeldPixels(plan.rich));
  else refuseIfTooManyPixels(size, plan.frames, 'targetQuality', maxComparedPixels);
  if (plan.frames > 1 && plan.params.targetQuality !== undefined) {
    throw new InputError('targetQuality compares still pictures, and this is an animation. Use quality or maxBytes.');
  }
  const found = await fitBytes(await freeze(await render(picture, plan, inputs), searchedShape(plan)), plan);
  await writeFile(path, found.bytes);
  const { width, height } = await sharp(found.bytes, { limitInputPixels: false }).metadata();
  return { ...(await factsOf({ width, height }, plan, path)), ...searchFacts(found) };
}

/**
 * An animation also tells its frames and how long they take, as they came out: encoders join frames that look alike. A still
 * has no pages.
 */
async function factsOf({ width, height }: Size, { format, timing }: RenditionPlan, path: string): Promise<MediaFacts> {
  if (timing === null) return { width, height, format };
  const { pages = 1, delay = [] } = await sharp(path, { limitInputPixels: false, animated: true }).metadata();
  return { width, height, format, pages, durationMs: delay.reduce((sum, ms) => sum + ms, 0) };
}

const searchFacts = ({ quality, ssim, scale }: Encoded) => ({
  quality,
  ...(ssim === undefined ? {} : { ssim }),
  ...(scale === 1 ? {} : { shrunkTo: Math.round(scale * 1000) / 1000 }),
});
