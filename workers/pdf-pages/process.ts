import { InputError } from '../../shared/errors.ts';
import type { Output, Process } from '../kind.ts';
import { onlyInput } from '../media/only-input.ts';
import { openPdf } from '../media/pdf/open-pdf.ts';
import { readPageList } from '../media/pdf/read-page-list.ts';
import { readSheets } from '../media/pdf/read-sheets.ts';
import type { PdfPagesParams } from './contract.ts';
import { drawPage } from './draw-page.ts';
import { type PageText, readText, writeText, writeTexts } from './read-text.ts';

/** As many results as one step may well have; more is a book, to be done in parts. */
const maxPages = 500;

/** Open → choose pages → measure them → draw and read each. */
export const process: Process<PdfPagesParams> = async (task) => {
  const { params, scratch, signal } = task;
  const pdf = await openPdf(onlyInput(task), { password: params.password, scratch, signal });
  const pages = choosePages(params.pages, pdf);
  const range = { first: Math.min(...pages), last: Math.max(...pages) };
  const sheets = await readSheets({ path: pdf.path, name: pdf.name, ...range, signal });
  const outputs: Output[] = [];
  const texts: PageText[] = [];
  for (const [index, page] of pages.entries()) {
    const boxes = sheets.get(page);
    if (boxes === undefined) throw broken(page, pdf.name);
    const sheet = boxes[params.box ?? 'crop'];
    if (params.images !== false) outputs.push(await drawPage(task, pdf, page, { ...sheet, lies: boxes.lies }));
    if (params.text) texts.push(await readText(task, pdf, page, sheet));
    task.progress((index + 1) / pages.length);
  }
  if (params.text === 'json') return [...outputs, await writeTexts(task, pdf, texts)];
  for (const text of texts) outputs.push(await writeText(task, pdf, text));
  return outputs;
};

/** Each page once: an output's name is its page. */
function choosePages(list: string | undefined, pdf: { readonly pages: number; readonly name: string }) {
  const pages = [...new Set(readPageList(list ?? 'all', pdf))];
  if (pages.length === 0) throw new InputError(`“${pdf.name}” has no ${list} pages: it has only one page.`);
  if (pages.length <= maxPages) return pages;
  throw new InputError(
    `${pages.length} pages are asked for, and one step makes at most ${maxPages}. Send \`pages\`, e.g. "1-${maxPages}".`,
  );
}

const broken = (page: number, name: string) =>
  new InputError(`Page ${page} of “${name}” is damaged. Leave it out with \`pages\`, or save the PDF again.`);
