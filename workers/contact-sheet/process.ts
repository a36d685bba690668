import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type OverlayOptions } from 'sharp';
import { InputError } from '../../shared/errors.ts';
import type { InputFile, Output, Process, Task } from '../kind.ts';
import { holdMemory } from '../media/memory-gate.ts';
import type { ContactSheetParams } from './contract.ts';
import { drawCaption } from './draw-caption.ts';
import { drawCell } from './draw-cell.ts';
import { layOut, type Sheet } from './lay-out.ts';

/** WebP's limit a side. */
const maxSidePx = 16_383;

/** What one sheet may have; WebP with transparency takes 32 bytes a pixel to encode. */
const maxSheetPixels = { jpeg: 64_000_000, png: 64_000_000, webp: 36_000_000 } as const;

/** Bytes a pixel: the sheet itself, and what its encoder takes. */
const sheetBytes = { jpeg: 8 + 9, png: 8 + 4, webp: 8 + 32 } as const;

const extensions = { jpeg: 'jpg', png: 'png', webp: 'webp' } as const;

type Look = ReturnType<typeof lookOf>;

/** Pictures in order of `use`, so many on each sheet; a sprite also gets an index of where each picture is. */
export const process: Process<ContactSheetParams> = async (task) => {
  const look = lookOf(task.params);
  const outputs: Output[] = [];
  const sheets = Math.ceil(task.inputs.length / look.perSheet);
  for (let index = 0; index < sheets; index++) {
    const inputs = task.inputs.slice(index * look.perSheet, (index + 1) * look.perSheet);
    const name = sheets === 1 ? task.name : `${task.name}-${index + 1}`;
    outputs.push(...(await makeSheet(task, look, inputs, name, index * look.perSheet)));
  }
  return outputs;
};

/** What the params mean together: a sprite has neither gaps nor captions. */
function lookOf(params: ContactSheetParams) {
  const isSprite = params.layout === 'sprite';
  const cellHeight = params.cellHeight ?? 180;
  const captions = isSprite ? 'none' : (params.captions ?? 'none');
  const letterPx = Math.max(10, Math.round(cellHeight / 12));
  return {
    isSprite,
    columns: params.columns,
    cellWidth: params.cellWidth ?? 240,
    cellHeight,
    fit: params.fit ?? (isSprite ? 'cover' : 'contain'),
    gap: isSprite ? 0 : (params.gap ?? 12),
    background: params.background ?? (isSprite ? 'transparent' : 'white'),
    captions,
    letterPx,
    captionHeight: captions === 'none' ? 0 : Math.round(letterPx * 1.8),
    format: params.format ?? (isSprite ? 'webp' : 'jpeg'),
    quality: params.quality ?? 82,
    perSheet: params.perSheet ?? 100,
  } as const;
}

async function makeSheet(
  task: Task<ContactSheetParams>,
  look: Look,
  inputs: readonly InputFile[],
  name: string,
  before: number,
): Promise<readonly Output[]> {
  const sheet = layOut({ ...look, count: inputs.length });
  refuseIfTooLarge(sheet, look.format);
  const layers: OverlayOptions[] = [];
  for (const [index, input] of inputs.entries()) {
    task.signal.throwIfAborted();
    layers.push(...(await drawEntry(input, look, sheet, index, before, task.signal)));
    task.progress(((before + index + 1) / task.inputs.length) * 0.95);
  }
  const file = `${name}.${extensions[look.format]}`;
  const path = join(task.scratch, file);
  const { width, height } = sheet;
  const drawn = sharp({ create: { width, height, channels: 4, background: look.background } })
    .composite(layers)
    .flatten(look.format === 'jpeg' ? { background: look.background } : false)
    .toFormat(look.format, { quality: look.quality });
  await holdMemory(width * height * sheetBytes[look.format], task.signal, () => drawn.toFile(path));
  const facts = { width, height, pictures: inputs.length };
  const picture: Output = { name: file, path, mediaType: `image/${look.format}`, facts };
  return look.isSprite ? [picture, await writeIndex(task.scratch, name, file, sheet, inputs)] : [picture];
}

async function drawEntry(
  input: InputFile,
  look: Look,
  sheet: Sheet,
  index: number,
  before: number,
  signal: AbortSignal,
): Promise<readonly OverlayOptions[]> {
  const cell = sheet.cells[index];
  if (cell === undefined) return [];
  const picture = await drawCell(input, cell, look.fit, signal);
  if (look.captions === 'none') return [picture];
  const text = look.captions === 'number' ? String(before + index + 1) : input.name;
  return [picture, ...(await drawCaption(text, cell, look))];
}

/** Where each picture is, for programs: pixels from the top left corner of the sprite. */
async function writeIndex(
  scratch: string,
  name: string,
  image: string,
  sheet: Sheet,
  inputs: readonly InputFile[],
): Promise<Output> {
  const { width, height } = sheet;
  const cells = sheet.cells.map((cell, index) => ({
    name: inputs[index]?.name ?? '',
    reference: inputs[index]?.reference ?? '',
    ...cell,
  }));
  const path = join(scratch, `${name}.json`);
  await writeFile(path, `${JSON.stringify({ image, width, height, cells }, null, 2)}\n`);
  return { name: `${name}.json`, path, mediaType: 'application/json' };
}

function refuseIfTooLarge({ width, height }: Sheet, format: Look['format']): void {
  const most = maxSheetPixels[format];
  if (width <= maxSidePx && height <= maxSidePx && width * height <= most) return;
  throw new InputError(
    `The sheet would be ${width}×${height} pixels; up to ${maxSidePx} a side and ${most / 1e6} million in all are made as ${format}. ` +
      'Ask for smaller cells, other columns, or fewer pictures per sheet.',
  );
}
