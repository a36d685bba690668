import { documentedPictures } from './documented-pictures.ts';

/** What the step makes, as it is. */
export const pictures = documentedPictures('pdf-pages', {
  use: 'brochure',
  tell: async ({ facts: { width, height, page, pages, dpi } }) =>
    `page ${page} of ${pages}, ${width}×${height}, ${dpi} dpi`,
});
