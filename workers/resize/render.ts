import sharp, { type Sharp } from 'sharp';
import type { InputFile } from '../kind.ts';
import type { Picture } from './decode-once.ts';
import { finish, needsFinish } from './finish.ts';
import { type Frozen, freeze, maxHeldPixels, refuseIfTooManyPixels } from './freeze.ts';
import type { RenditionPlan } from './plan-renditions.ts';
import { mixesNeighbours, shape, tone } from './shape.ts';

/** A pipeline that ends in the rendition's pixels, ready to be encoded: one picture, or frames below each other. */
export async function render(picture: Picture, rendition: RenditionPlan, inputs: readonly InputFile[]): Promise<Sharp> {
  const { image } = picture.source;
  if (rendition.frames === 1) return renderStill(picture.start(rendition), rendition, inputs);
  if (libvipsCanTakeItWhole(picture, rendition)) return draw(image.decodeFrames(rendition.frames), rendition);
  return renderFrames(picture, rendition, inputs);
}

function draw(start: Sharp, { geometry, params, background }: RenditionPlan): Sharp {
  return tone(shape(start, geometry, background), params);
}

async function renderStill(start: Sharp, rendition: RenditionPlan, inputs: readonly InputFile[]): Promise<Sharp> {
  const drawn = draw(start, rendition);
  if (!needsFinish(rendition.params)) return drawn;
  refuseIfTooManyPixels(rendition.geometry.size, 1, 'hide, watermark and cornerRadius', maxHeldPixels(rendition.rich));
  const frozen = await freeze(drawn, { rich: rendition.rich, size: rendition.geometry.size });
  return (await finish(frozen, rendition.geometry, rendition.params, inputs, rendition.rich)).start();
}

/** Scaling, cutting and padding work on all frames at once, in little memory; whatever looks around in a picture does not. */
function libvipsCanTakeItWhole({ source }: Picture, { geometry, params }: RenditionPlan): boolean {
  return source.framesAsStored && geometry.smart === null && !needsFinish(params) && !mixesNeighbours(params);
}

/** Each frame as a still of its own, then all below each other again. A smart crop is decided on the first and kept. */
async function renderFrames(picture: Picture, rendition: RenditionPlan, inputs: readonly InputFile[]): Promise<Sharp> {
  const { image } = picture.source;
  const { frames } = rendition;
  const stored = { width: image.metadata.width, height: image.metadata.height };
  refuseIfTooManyPixels(stored, frames, 'This on an animation');
  refuseIfTooManyPixels(rendition.geometry.size, frames, 'This on an animation');
  const strip = await freeze(image.decodeFrames(frames).ensureAlpha());
  let plan = rendition;
  const done: Buffer[] = [];
  for (let index = 0; index < frames; index++) {
    const frame = picture.source.turnFrame(cutFrame(strip, index, frames));
    const drawn = await freeze(draw(frame, plan).ensureAlpha(), { size: plan.geometry.size });
    if (drawn.cutAt !== null) plan = settleCrop(plan, drawn.cutAt);
    const finished = needsFinish(plan.params) ? await finish(drawn, plan.geometry, plan.params, inputs, false) : drawn;
    done.push((finished.pixels as NonNullable<Frozen['pixels']>).data);
  }
  const { width, height } = rendition.geometry.size;
  const raw = { width, height: height * frames, channels: 4 as const, pageHeight: height };
  return sharp(Buffer.concat(done), { raw, limitInputPixels: false });
}

function cutFrame(strip: Frozen, index: number, frames: number): Sharp {
  const { width } = strip.size;
  const height = strip.size.height / frames;
  const { data, channels } = strip.pixels as NonNullable<Frozen['pixels']>;
  const frameBytes = width * height * channels;
  return sharp(data.subarray(index * frameBytes, (index + 1) * frameBytes), { raw: { width, height, channels } });
}

function settleCrop(rendition: RenditionPlan, cutAt: { left: number; top: number }): RenditionPlan {
  const { geometry } = rendition;
  if (geometry.crop === null) return rendition;
  return { ...rendition, geometry: { ...geometry, smart: null, crop: { ...geometry.crop, ...cutAt } } };
}
