import { tagOf } from '../media/pdf/pen/tag.ts';
import { drawLine } from '../media/pdf/text/draw-line.ts';
import { fitLine } from '../media/pdf/text/fit-line.ts';
import type { TextTools } from '../media/pdf/text/itemise.ts';
import { openTextTools } from '../media/pdf/text/open-text-tools.ts';
import type { TextStyle } from '../media/pdf/text/styled-text.ts';
import { openPicture } from './images/open-picture.ts';
import type { Layout, LayoutFacts } from './layout.ts';
import { drawCaption } from './page/draw-caption.ts';
import { drawMargins, marginText, type PagePlace } from './page/draw-margins.ts';
import { type PageBox, pageBox } from './page/page-box.ts';

const marginMm = 12;
/** Points. */
const gutter = 10;
const captionHeight = 14;
const headerHeight = 30;

const heading: TextStyle = { family: 'text', bold: true, italic: false, size: 14, colour: '#111111' };

interface Grid {
  readonly columns: number;
  readonly perPage: number;
  readonly top: number;
  readonly cellWidth: number;
  readonly pictureHeight: number;
  readonly cellHeight: number;
}

/** `layout: contact-sheet`: a grid of images with their names, the title above, header and footer in the margins. */
export async function layContactSheet(layout: Layout): Promise<LayoutFacts> {
  const { params, inputs, file, systemFonts, progress } = layout;
  const box = pageBox(params.page, marginMm);
  const text = [marginText(params), ...inputs.map(({ name }) => name)].join('\n');
  const tools = await openTextTools({ text, systemFonts, opaque: params.conformance !== undefined });
  const grid = planGrid(params, box);
  const pages = Math.ceil(inputs.length / grid.perPage);
  for (const [index, input] of inputs.entries()) {
    if (index % grid.perPage === 0) {
      await file.addPage(box.width, box.height);
      await drawFrame(layout, box, { page: file.pages(), pages, section: '' }, tools);
    }
    await drawCell(layout, input, cellAt(grid, box, index % grid.perPage), tools);
    progress((index + 1) / inputs.length);
  }
  return {};
}

/** Cells are three to two, the shape of most photographs; as many rows as the page takes, at least one. */
export function planGrid(params: Pick<Layout['params'], 'columns' | 'captions' | 'title'>, box: PageBox): Grid {
  const header = params.title === undefined ? 0 : headerHeight;
  const room = box.innerHeight - header;
  const cellWidth = (box.innerWidth - gutter * (params.columns - 1)) / params.columns;
  const under = (params.captions ?? true) ? captionHeight : 0;
  const rows = Math.max(1, Math.floor((room + gutter) / ((cellWidth * 2) / 3 + under + gutter)));
  const cellHeight = (room - gutter * (rows - 1)) / rows;
  return {
    columns: params.columns,
    perPage: rows * params.columns,
    top: box.top + header,
    cellWidth,
    cellHeight,
    pictureHeight: cellHeight - under,
  };
}

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly pictureHeight: number;
}

function cellAt(grid: Grid, box: PageBox, position: number): Cell {
  return {
    x: box.left + (position % grid.columns) * (grid.cellWidth + gutter),
    y: grid.top + Math.floor(position / grid.columns) * (grid.cellHeight + gutter),
    width: grid.cellWidth,
    pictureHeight: grid.pictureHeight,
  };
}

async function drawFrame({ params, file }: Layout, box: PageBox, place: PagePlace, tools: TextTools): Promise<void> {
  if (params.title !== undefined) {
    const line = fitLine(params.title, heading, box.innerWidth, tools);
    // What is only said again is decoration.
    const tag = place.page === 1 ? tagOf('H1') : undefined;
    await file.pen.tagged(tag, () => drawLine(file.pen, line, box.left, box.top + heading.size));
  }
  await drawMargins(file.pen, box, params, place, tools);
}

async function drawCell({ params, file }: Layout, input: Layout['inputs'][number], cell: Cell, tools: TextTools) {
  const picture = await openPicture(input);
  const scale = Math.min(cell.width / picture.width, cell.pictureHeight / picture.height);
  const width = picture.width * scale;
  const height = picture.height * scale;
  const pixels = { width: (cell.width / 72) * params.dpi, height: (cell.pictureHeight / 72) * params.dpi };
  const bytes = () => picture.encode(pixels, 'inside');
  const y = cell.y + cell.pictureHeight - height;
  const at = { x: cell.x + (cell.width - width) / 2, y, width, height };
  const figure = tagOf('Figure', undefined, { alt: picture.name });
  await file.pen.tagged(figure, () => file.pen.image({ key: picture, bytes }, at));
  if (params.captions ?? true)
    await drawCaption(file.pen, picture.name, cell.x, cell.y + cell.pictureHeight + 10, cell.width, tools);
}
