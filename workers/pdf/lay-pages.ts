import { tagOf } from '../media/pdf/pen/tag.ts';
import type { TextTools } from '../media/pdf/text/itemise.ts';
import { openTextTools } from '../media/pdf/text/open-text-tools.ts';
import { countSheets, openSheets, type Picture } from './images/open-picture.ts';
import type { Layout, LayoutFacts } from './layout.ts';
import { drawCaption } from './page/draw-caption.ts';
import { drawMargins, marginText } from './page/draw-margins.ts';
import { type PageBox, pageBox } from './page/page-box.ts';

const marginMm = 12;

/** Points below an image for its name. */
const captionHeight = 16;

/** `layout: pages`: one image a page, in the order of `use`; a TIFF gives as many pages as it holds. */
export async function layPages(layout: Layout): Promise<LayoutFacts> {
  const { params, inputs, file, systemFonts, progress } = layout;
  const words = [marginText(params), ...inputs.map(({ name }) => name)].join('\n');
  const opaque = params.conformance !== undefined;
  const tools = writes(params) ? await openTextTools({ text: words, systemFonts, opaque }) : undefined;
  const pages = words.includes('{pages}') ? await countSheets(inputs) : 0;
  for (const [index, input] of inputs.entries()) {
    for await (const picture of openSheets(input)) {
      const lies = picture.width > picture.height ? 'landscape' : 'portrait';
      const box = pageBox(params.page, marginMm, lies);
      await layPage(layout, picture, box, tools);
      if (tools === undefined) continue;
      const wishes = { ...params, footer: params.footer ?? (params.pageNumbers ? '{page}' : '') };
      await drawMargins(file.pen, box, wishes, { page: file.pages(), pages, section: '' }, tools);
    }
    progress((index + 1) / inputs.length);
  }
  return {};
}

const writes = ({ captions, pageNumbers, header, footer }: Layout['params']) =>
  captions || pageNumbers || header !== undefined || footer !== undefined;

async function layPage(layout: Layout, picture: Picture, box: PageBox, tools: TextTools | undefined): Promise<void> {
  const { params, file } = layout;
  await file.addPage(box.width, box.height);
  const captioned = tools !== undefined && params.captions === true;
  const area = captioned ? { ...box, innerHeight: box.innerHeight - captionHeight } : box;
  await drawPicture(layout, picture, area);
  if (captioned)
    await drawCaption(file.pen, picture.name, box.left, box.top + box.innerHeight - 4, box.innerWidth, tools);
}

async function drawPicture({ params, file }: Layout, picture: Picture, box: PageBox): Promise<void> {
  const pixels = { width: (box.innerWidth / 72) * params.dpi, height: (box.innerHeight / 72) * params.dpi };
  const bytes = () => picture.encode(pixels, params.fit === 'contain' ? 'inside' : 'outside');
  const { width, height } = sizeOnPage(picture, box, params);
  const x = box.left + (box.innerWidth - width) / 2;
  const y = box.top + (box.innerHeight - height) / 2;
  const clip = { x: box.left, y: box.top, width: box.innerWidth, height: box.innerHeight };
  const figure = tagOf('Figure', undefined, { alt: picture.name });
  await file.pen.tagged(figure, () =>
    file.pen.image({ key: picture, bytes }, { x, y, width, height }, params.fit === 'cover' ? clip : undefined),
  );
}

/** In points. `cover` is larger than the area and is clipped to it. */
export function sizeOnPage(
  picture: Pick<Picture, 'width' | 'height'>,
  box: Pick<PageBox, 'innerWidth' | 'innerHeight'>,
  { fit, upscale, dpi }: Pick<Layout['params'], 'fit' | 'upscale' | 'dpi'>,
): { width: number; height: number } {
  if (fit === 'fill') return { width: box.innerWidth, height: box.innerHeight };
  const scales = [box.innerWidth / picture.width, box.innerHeight / picture.height];
  const scale = fit === 'cover' ? Math.max(...scales) : Math.min(...scales);
  const limited = upscale || fit === 'cover' ? scale : Math.min(scale, 72 / dpi);
  return { width: picture.width * limited, height: picture.height * limited };
}
