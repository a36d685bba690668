import type { InputFile } from '../kind.ts';
import type { PdfParams } from './contract.ts';
import type { PdfFile } from './page/open-pdf-file.ts';

/** What a layout is given. */
export interface Layout {
  readonly params: PdfParams;
  readonly inputs: readonly InputFile[];
  /** Where the PDF is written; the folder is the thread's to write in. */
  readonly path: string;
  readonly file: PdfFile;
  readonly systemFonts: ReadonlyMap<string, string>;
  progress(fraction: number): void;
}

/** What a layout has to say beside the number of pages. */
export interface LayoutFacts {
  readonly missingImages?: number;
}
