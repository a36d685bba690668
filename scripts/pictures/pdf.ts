import { documentedPictures } from './documented-pictures.ts';
import { type PagesView, showPages } from './show-pages.ts';

/** What of a PDF is shown; where nothing is said, its first page. */
const shown: Readonly<Record<string, PagesView>> = {
  'pdf-pages.webp': { pages: [1, 2, 3], width: 200 },
  'pdf-fit-contain.webp': { width: 150 },
  'pdf-fit-cover.webp': { width: 150 },
  'pdf-fit-fill.webp': { width: 150 },
  'pdf-no-upscale.webp': { width: 150 },
  'pdf-captions.webp': { width: 150 },
  'pdf-contact-sheet.webp': { width: 400 },
  'pdf-document.webp': { pages: [1, 2, 3], width: 270 },
  'pdf-plain.webp': { width: 300, upper: 0.3 },
  'pdf-languages.webp': { width: 420, upper: 0.6 },
  'pdf-margins.webp': { width: 220, upper: 0.6 },
  'pdf-report.webp': { pages: [1, 2], width: 300 },
  'pdf-charts.webp': { width: 330 },
};

const views = Object.entries(shown).map(
  ([file, view]) =>
    [file, ([written]: readonly { readonly path: string }[]) => showPages(written?.path ?? '', view)] as const,
);

export const pictures = documentedPictures('pdf', { use: 'harbour', views: Object.fromEntries(views) });
