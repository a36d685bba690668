import { InputError } from '../../shared/errors.ts';
import type { Output, Process, Task } from '../kind.ts';
import { explainImageError, isHarmless } from '../media/explain-image-error.ts';
import { holdMemory } from '../media/memory-gate.ts';
import { type OpenedImage, type OpenOptions, openImage } from '../media/open-image.ts';
import { classifyPicture } from './classify-picture.ts';
import type { RenditionParams, ResizeParams } from './contract.ts';
import { decodeOnce } from './decode-once.ts';
import { estimateMemory } from './estimate-memory.ts';
import { keptFor, keptOfAll } from './kept.ts';
import { listRenditions, planRendition } from './plan-renditions.ts';
import { prepareSource } from './prepare-source.ts';
import { readRights } from './read-rights.ts';
import { addSrcset } from './srcset.ts';
import { writeRendition } from './write-rendition.ts';

type Damage = NonNullable<OpenOptions['damage']>;
type Named = readonly (readonly [string, RenditionParams])[];

/** The strictest reading first; once more, less strictly, when all it found are bytes no picture needs. */
export const process: Process<ResizeParams> = async (task) => {
  const wishes = listRenditions(task.params, task.name);
  try {
    return await readAndWrite(task, wishes, task.params.damaged ?? 'refuse');
  } catch (error) {
    if (error instanceof InputError && isHarmless(error.cause)) return readAndWrite(task, wishes, 'tolerate');
    throw error;
  }
};

async function readAndWrite(task: Task<ResizeParams>, wishes: Named, damage: Damage): Promise<readonly Output[]> {
  const image = await openInput(task, wishes, damage);
  try {
    const bytes = estimateMemory(image, task.params, wishes);
    return await holdMemory(bytes, task.signal, () => makeRenditions(task, wishes, image));
  } catch (error) {
    throw explainImageError(error, image.format);
  }
}

/** Plan every rendition from the header → decode once → draw and write each. */
async function makeRenditions(task: Task<ResizeParams>, wishes: Named, image: OpenedImage): Promise<readonly Output[]> {
  const { params, inputs, scratch, signal } = task;
  const source = await prepareSource(image, params, keptOfAll(wishes.map(([, wish]) => keptFor(wish))));
  const undecided = wishes.some(([, { format }]) => format === 'auto');
  const look = undecided ? await classifyPicture(source.still(), source.size) : undefined;
  const rights = await readRights(image.metadata);
  const plan = wishes.map((wish) => planRendition(source, params, { look, rights }, wish));
  const picture = await decodeOnce(source, plan);
  const outputs: Output[] = [];
  for (const rendition of plan) {
    signal.throwIfAborted();
    outputs.push(await writeRendition(picture, rendition, inputs, scratch));
    task.progress(outputs.length / plan.length);
  }
  return addSrcset(outputs);
}

/** A drawing (SVG) is rasterised only when a raster format is asked for, at the largest size wanted of it. */
function openInput(
  { inputs, params: { page }, signal }: Task<ResizeParams>,
  wishes: Named,
  damage: Damage,
): Promise<OpenedImage> {
  const [input] = inputs;
  if (input === undefined) throw new Error('resize needs an input');
  const how = { signal, damage, ...(page === undefined ? {} : { page }) };
  const raster = wishes.filter(([, { format }]) => format !== undefined).map(([, wish]) => wish);
  if (raster.length === 0) return openImage(input, how);
  const sides = raster.flatMap(({ width = 0, height = 0, dpr = 1 }) => [width * dpr, height * dpr]);
  return openImage(input, { ...how, vectorSidePx: Math.max(1, ...sides) });
}
