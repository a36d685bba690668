import { tagOf } from '../../media/pdf/pen/tag.ts';
import type { Row } from '../page/row.ts';
import type { Column, LayingTools } from './column.ts';
import { body, colours, paragraphGap } from './document-style.ts';
import { laySpans } from './lay-text.ts';

/** An image that stands alone, as large as it is and the column allows; one that was not sent shows its description instead. */
export function* layImage(
  block: { readonly source: string; readonly alt: string },
  column: Column,
  tools: LayingTools,
): Generator<Row> {
  const image = tools.images.block(block.source, { width: column.width, height: column.pageHeight * 0.9 });
  if (image === undefined) {
    const style = { ...body, italic: true, colour: colours.quiet };
    yield* laySpans([{ text: `[${block.alt || 'image'}]`, style }], { gap: paragraphGap, style }, column, tools);
    return;
  }
  const left = column.rightToLeft ? column.left + column.width - image.width : column.left;
  yield {
    height: image.height,
    gap: paragraphGap,
    backdrops: column.backdrops,
    tag: tagOf('Figure', column.tag, { alt: block.alt || 'image' }),
    draw: (pen, top) =>
      pen.image(tools.images.source(image), { x: left, y: top, width: image.width, height: image.height }),
  };
}
