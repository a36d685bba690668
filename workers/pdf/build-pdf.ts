import type { InputFile } from '../kind.ts';
import { findSystemFonts } from '../media/pdf/fonts/find-system-fonts.ts';
import { attachFiles, sortInputs } from './attach-files.ts';
import type { PdfParams } from './contract.ts';
import { layContactSheet } from './lay-contact-sheet.ts';
import { layDocument } from './lay-document.ts';
import { layPages } from './lay-pages.ts';
import { layReport } from './lay-report.ts';
import type { LayoutFacts } from './layout.ts';
import { openPdfFile } from './page/open-pdf-file.ts';

/** What the thread is given; all of it can be posted between threads. */
export interface PdfOrder {
  readonly params: PdfParams;
  readonly inputs: readonly InputFile[];
  readonly path: string;
}

export interface BuiltPdf extends LayoutFacts {
  readonly pages: number;
}

const layouts = {
  pages: layPages,
  'contact-sheet': layContactSheet,
  document: layDocument,
  report: layReport,
} as const;

/** Lays out and writes one PDF; runs in a thread of its own, because layout is long synchronous work. */
export async function buildPdf(order: PdfOrder, progress: (fraction: number) => void): Promise<BuiltPdf> {
  const { params } = order;
  const { attachments, shown } = sortInputs(params.attachments ?? [], order.inputs);
  const file = openPdfFile(order.path, params);
  try {
    const layout = { ...order, inputs: shown, file, systemFonts: findSystemFonts(), progress };
    const facts = await layouts[params.layout](layout);
    await attachFiles(file, attachments);
    await file.finish();
    return { pages: file.pages(), ...facts };
  } catch (error) {
    file.abandon();
    throw error;
  }
}
