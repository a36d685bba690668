import type { Pen } from '../../media/pdf/pen/pen.ts';
import type { TextTools } from '../../media/pdf/text/itemise.ts';
import { drawRunning, type Running } from './draw-running.ts';
import type { PageBox } from './page-box.ts';

export interface MarginWishes {
  readonly header?: Running | undefined;
  readonly footer?: Running | undefined;
  readonly pageNumbers?: boolean | undefined;
  readonly title?: string | undefined;
  readonly author?: string | undefined;
}

/** Where a page is in its document. */
export interface PagePlace {
  readonly page: number;
  readonly pages: number;
  readonly section: string;
}

/** What stands above and below the text of every page: the header, and the footer or else the page number. */
export async function drawMargins(
  pen: Pen,
  box: PageBox,
  wishes: MarginWishes,
  { page, pages, section }: PagePlace,
  tools: TextTools,
): Promise<void> {
  const { title = '', author = '' } = wishes;
  const values = { page: String(page), pages: String(pages), title, author, section };
  const footer = wishes.footer ?? ((wishes.pageNumbers ?? true) ? '{page} / {pages}' : '');
  await drawRunning(pen, box, { where: 'header', text: wishes.header ?? '', values }, tools);
  await drawRunning(pen, box, { where: 'footer', text: footer, values }, tools);
}

/** All that can come to stand there, to find fonts for. */
export const marginText = ({ title, author, header, footer }: MarginWishes): string =>
  JSON.stringify([title, author, header, footer]);
