import { dirname } from 'node:path';
import { AppError, InputError } from '../../shared/errors.ts';
import { collectImages, sourcesIn } from './document/collect-images.ts';
import { placeImages } from './document/place-images.ts';
import { layBlocksOut } from './lay-document.ts';
import type { Layout, LayoutFacts } from './layout.ts';
import { fillTemplate } from './report/fill-template.ts';
import { readData } from './report/read-data.ts';

/** `layout: report`: the template of the params filled with the JSON input; the other inputs are pictures it may show. */
export async function layReport(layout: Layout): Promise<LayoutFacts> {
  const { params, inputs } = layout;
  if (params.template === undefined) throw noTemplate();
  const pictures = inputs.filter(({ mediaType }) => mediaType.startsWith('image/'));
  const [source, ...more] = inputs.filter(({ mediaType }) => !mediaType.startsWith('image/'));
  if (source === undefined || more.length > 0) throw wrongInputs(more.length === 0 ? 0 : more.length + 1);
  const data = await readData(source);
  const blocks = fillTemplate(params.template, data, params.locale);
  const images = await collectImages(blocks, pictures, dirname(layout.path));
  const text = JSON.stringify([data, params.template]);
  await layBlocksOut(layout, blocks, { text, images: await placeImages(images, sourcesIn(blocks), params.dpi) });
  return images.missing > 0 ? { missingImages: images.missing } : {};
}

const noTemplate = () =>
  new AppError(
    'invalid_request',
    'A report needs a template: add "template": [ … ] to the step (see docs/kinds/pdf.md).',
  );

const wrongInputs = (count: number) =>
  new InputError(
    `A report takes one JSON file (and images), but ${count === 0 ? 'none' : count} came. Put all its data into one file.`,
  );
