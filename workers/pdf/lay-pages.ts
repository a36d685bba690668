import { openPicture, type Picture } from './images/open-picture.ts';
import type { Layout, LayoutFacts } from './layout.ts';
import { drawPageNumber } from './page/draw-running.ts';
import { type PageBox, pageBox } from './page/page-box.ts';
import { openTextTools } from './text/open-text-tools.ts';

const marginMm = 12;

/** `layout: pages`: one image a page, in the order of `use`. */
export async function layPages(layout: Layout): Promise<LayoutFacts> {
  const { params, inputs, file, systemFonts, progress } = layout;
  const tools = params.pageNumbers ? await openTextTools('', systemFonts) : undefined;
  for (const [index, input] of inputs.entries()) {
    const picture = await openPicture(input);
    const box = pageBox(params.page, marginMm, picture.width > picture.height ? 'landscape' : 'portrait');
    await file.addPage(box.width, box.height);
    await drawPicture(layout, picture, box);
    if (tools) drawPageNumber(file.pen, box, `${index + 1} / ${inputs.length}`, tools);
    progress((index + 1) / inputs.length);
  }
  return {};
}

async function drawPicture({ params, file }: Layout, picture: Picture, box: PageBox): Promise<void> {
  const pixels = { width: (box.innerWidth / 72) * params.dpi, height: (box.innerHeight / 72) * params.dpi };
  const bytes = () => picture.encode(pixels, params.fit === 'contain' ? 'inside' : 'outside');
  const { width, height } = sizeOnPage(picture, box, params);
  const x = box.left + (box.innerWidth - width) / 2;
  const y = box.top + (box.innerHeight - height) / 2;
  const clip = { x: box.left, y: box.top, width: box.innerWidth, height: box.innerHeight };
  await file.pen.image({ key: picture, bytes }, { x, y, width, height }, params.fit === 'cover' ? clip : undefined);
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
