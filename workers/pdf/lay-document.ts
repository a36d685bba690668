import { dirname } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { InputFile } from '../kind.ts';
import { openTextTools } from '../media/pdf/text/open-text-tools.ts';
import type { Block } from './document/blocks.ts';
import { collectImages, sourcesIn } from './document/collect-images.ts';
import type { Column, LayingTools } from './document/column.ts';
import { collectHeadings } from './document/contents-entry.ts';
import { layBlocks } from './document/lay-blocks.ts';
import { nameAnchors } from './document/name-anchors.ts';
import { numberFootnotes } from './document/number-footnotes.ts';
import { parseMarkdown } from './document/parse-markdown.ts';
import { placeImages } from './document/place-images.ts';
import { planDocument } from './document/plan-document.ts';
import { readText } from './document/read-text.ts';
import type { Layout, LayoutFacts } from './layout.ts';
import { drawMargins, marginText } from './page/draw-margins.ts';
import { drawRows } from './page/draw-rows.ts';
import { pageBox } from './page/page-box.ts';
import { paginate } from './page/paginate.ts';

const marginMm = 20;

/** `layout: document`: texts one after another, each on a new page; the other inputs are pictures they may show. */
export async function layDocument(layout: Layout): Promise<LayoutFacts> {
  const { params, inputs } = layout;
  const texts = inputs.filter(({ mediaType }) => !isPicture(mediaType));
  if (texts.length === 0) throw noText(inputs);
  const sources = await Promise.all(texts.map(readText));
  const anchor = nameAnchors();
  const blocks = texts.flatMap((input, index) => [
    ...startPage(index),
    ...read(input, sources[index] ?? '', params.syntax, anchor),
  ]);
  const pictures = inputs.filter(({ mediaType }) => isPicture(mediaType));
  const images = await collectImages(blocks, pictures, dirname(layout.path));
  await layBlocksOut(layout, blocks, {
    text: sources.join('\n'),
    images: await placeImages(images, sourcesIn(blocks), params.dpi),
  });
  return images.missing > 0 ? { missingImages: images.missing } : {};
}

interface Material {
  /** Everything that will be written. */
  readonly text: string;
  readonly images: LayingTools['images'];
}

/** Both passes: the first finds out on which page everything is, the second draws. */
export async function layBlocksOut(layout: Layout, text: readonly Block[], material: Material): Promise<void> {
  const { params, file, progress } = layout;
  const blocks = withContents(text, params.contents);
  const box = pageBox(params.page, marginMm);
  const page: Column = { left: box.left, width: box.innerWidth, pageHeight: box.innerHeight, backdrops: [] };
  const tools: LayingTools = {
    ...(await openTextTools({
      text: `${material.text}\n${marginText(params)}`,
      systemFonts: layout.systemFonts,
      opaque: params.conformance !== undefined,
    })),
    images: material.images,
    footnotes: numberFootnotes(blocks),
    contents: collectHeadings(blocks, typeof params.contents === 'number' ? params.contents : 3),
    page,
    noteRows: new Map(),
  };
  const plan = planDocument(paginate(layBlocks(blocks, page, tools), box), tools.contents);
  progress(0.3);
  for (const rows of paginate(layBlocks(blocks, page, { ...tools, contents: plan.contents }), box)) {
    await file.addPage(box.width, box.height);
    await drawRows(file.pen, rows);
    const page = file.pages();
    await drawMargins(file.pen, box, params, { page, pages: plan.pages, section: plan.sectionOn(page) }, tools);
    progress(0.3 + (0.7 * page) / plan.pages);
  }
}

const isPicture = (mediaType: string) => mediaType.startsWith('image/');

const startPage = (index: number): Block[] => (index > 0 ? [{ type: 'page-break' }] : []);

function read(
  input: InputFile,
  text: string,
  syntax: Layout['params']['syntax'],
  anchor: (title: string) => string,
): Block[] {
  const plain = syntax === 'plain' || (syntax === 'auto' && /\.(txt|log|text)$/i.test(input.name));
  return plain ? [{ type: 'plain', text }] : parseMarkdown(text, anchor);
}

/** Before the text and on pages of its own, unless the text says where. */
function withContents(blocks: readonly Block[], contents: Layout['params']['contents']): readonly Block[] {
  if (contents === false || blocks.some(({ type }) => type === 'contents')) return blocks;
  return [{ type: 'contents' }, { type: 'page-break' }, ...blocks];
}

const noText = (inputs: readonly InputFile[]) =>
  new InputError(
    `A document needs Markdown or plain text, but ${inputs.length === 1 ? `“${inputs[0]?.name}” is an image` : 'all inputs are images'}. ` +
      'Send the text too, or use "layout": "pages".',
  );
