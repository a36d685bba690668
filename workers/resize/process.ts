import type { Output, Process, Task } from '../kind.ts';
import { explainImageError } from '../media/explain-image-error.ts';
import { type OpenedImage, openImage } from '../media/open-image.ts';
import type { ResizeParams } from './contract.ts';
import { decodeOnce } from './decode-once.ts';
import { planRenditions } from './plan-renditions.ts';
import { writeRendition } from './write-rendition.ts';

/** Open by content → plan every rendition from the header → decode once → write each. */
export const process: Process<ResizeParams> = async (task) => {
  const image = await openInput(task);
  try {
    const plan = planRenditions(image, task.params, task.name);
    const picture = await decodeOnce(image, task.params, plan);
    const outputs: Output[] = [];
    for (const rendition of plan) {
      task.signal.throwIfAborted();
      outputs.push(await writeRendition(picture, rendition, task.scratch));
      task.progress(outputs.length / plan.length);
    }
    return outputs;
  } catch (error) {
    throw explainImageError(error, image.format);
  }
};

/** A drawing (SVG) is rasterised only when a raster format is asked for, at the largest size wanted of it. */
async function openInput({ inputs, params }: Task<ResizeParams>): Promise<OpenedImage> {
  const [input] = inputs;
  if (input === undefined) throw new Error('resize needs one input');
  const wishes = [params, ...Object.values(params.renditions ?? {})];
  const salvage = params.damaged === 'salvage';
  if (!wishes.some((wish) => wish.format !== undefined)) return openImage(input, { salvage });
  const vectorSidePx = Math.max(1, ...wishes.flatMap((wish) => [wish.width ?? 0, wish.height ?? 0]));
  return openImage(input, { salvage, vectorSidePx });
}
