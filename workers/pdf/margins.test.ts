import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { makeTask } from '../../test/support/make-task.ts';
import { pdfPages, pdfReadersMissing } from '../../test/support/read-pdf.ts';
import { buildPdf } from './build-pdf.ts';
import { pdfContract } from './contract.ts';

describe.skipIf(pdfReadersMissing !== undefined)('the margins of images on pages', () => {
  it.each(['pages', 'contact-sheet'] as const)('has headers and footers: %s', async (layout) => {
    const bytes = await sharp({ create: { width: 90, height: 60, channels: 3, background: '#336699' } })
      .jpeg()
      .toBuffer();
    const files = ['a', 'b', 'c'].map((name) => ({ name: `${name}.jpg`, bytes, mediaType: 'image/jpeg' }));
    const params = { header: { left: '{title}', right: 'Ann' }, footer: 'Sheet {page} of {pages}' };
    const page = { size: 'A6', orientation: 'auto', margin: 30 } as const;
    const task = await makeTask({
      params: pdfContract.params.parse({ layout, title: 'Album', columns: 1, page, ...params }),
      files,
    });
    const path = join(task.scratch, 'album.pdf');
    await buildPdf({ params: task.params, inputs: task.inputs, path }, () => {});
    const pages = await pdfPages(path);
    expect(pages.length).toBeGreaterThan(1);
    for (const [index, text] of pages.entries()) {
      expect(text).toMatch(/Album\s+Ann/);
      expect(text).toContain(`Sheet ${index + 1} of ${pages.length}`);
    }
  });
});
