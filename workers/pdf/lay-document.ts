import { dirname } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { InputFile } from '../kind.ts';
import type { Block } from './document/blocks.ts';
import { collectImages, sourcesIn } from './document/collect-images.ts';
import type { Column, LayingTools } from './document/column.ts';
import { layBlocks } from './document/lay-blocks.ts';
import { parseMarkdown } from './document/parse-markdown.ts';
import { placeImages } from './document/place-images.ts';
import { readText } from './document/read-text.ts';
import type { Layout, LayoutFacts } from './layout.ts';
import { drawFooter } from './page/draw-footer.ts';
import { drawRows } from './page/draw-rows.ts';
import { type PageBox, pageBox } from './page/page-box.ts';
import { paginate } from './page/paginate.ts';
import { openTextTools } from './text/open-text-tools.ts';

const marginMm = 20;

/** `layout: document`: texts one after another, each on a new page; the other inputs are pictures they may show. */
export async function layDocument(layout: Layout): Promise<LayoutFacts> {
  const { params, inputs, file, systemFonts, progress } = layout;
  const pictures = inputs.filter(({ mediaType }) => isPicture(mediaType));
  const texts = inputs.filter(({ mediaType }) => !isPicture(mediaType));
  if (texts.length === 0) throw noText(inputs);
  const sources = await Promise.all(texts.map(readText));
  const blocks = texts.flatMap((input, index) => read(input, sources[index] ?? '', params.syntax, index > 0));
  const images = await collectImages(blocks, pictures, dirname(layout.path));
  const tools = {
    ...(await openTextTools(sources.join('\n'), systemFonts)),
    images: await placeImages(images, sourcesIn(blocks), params.dpi),
  };
  const box = pageBox(params.page, marginMm);
  const pages = countPages(blocks, box, tools);
  progress(0.3);
  for (const rows of paginate(layBlocks(blocks, columnOf(box), tools), box)) {
    await file.addPage(box.width, box.height);
    await drawRows(file.pen, rows);
    if (params.pageNumbers ?? true) drawFooter(file.pen, box, `${file.pages()} / ${pages}`, tools);
    progress(0.3 + (0.7 * file.pages()) / pages);
  }
  return images.missing > 0 ? { missingImages: images.missing } : {};
}

const isPicture = (mediaType: string) => mediaType.startsWith('image/');

function read(input: InputFile, text: string, syntax: Layout['params']['syntax'], startsPage: boolean): Block[] {
  const plain = syntax === 'plain' || (syntax === 'auto' && /\.(txt|log|text)$/i.test(input.name));
  const blocks: Block[] = plain ? [{ type: 'plain', text }] : parseMarkdown(text);
  return startsPage ? [{ type: 'page-break' }, ...blocks] : blocks;
}

/** The first pass: everything is laid out once to know how many pages there will be. Words are shaped only once. */
function countPages(blocks: readonly Block[], box: PageBox, tools: LayingTools): number {
  let pages = 0;
  for (const _ of paginate(layBlocks(blocks, columnOf(box), tools), box)) pages++;
  return pages;
}

const columnOf = (box: PageBox): Column => ({
  left: box.left,
  width: box.innerWidth,
  pageHeight: box.innerHeight,
  backdrops: [],
});

const noText = (inputs: readonly InputFile[]) =>
  new InputError(
    `A document needs Markdown or plain text, but ${inputs.length === 1 ? `“${inputs[0]?.name}” is an image` : 'all inputs are images'}. ` +
      'Send the text too, or use "layout": "pages".',
  );
