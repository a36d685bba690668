import { expect, it } from 'vitest';
import { parseSheets } from './read-sheets.ts';

it('reads boxes, and turns those of pages that lie on their side', () => {
  const said = `Pages:           12
Page    1 size:  595.276 x 841.89 pts (A4)
Page    1 rot:   90
Page   12 rot:   0
Page    1 MediaBox:      0.00     0.00   595.28   841.89
Page    1 CropBox:       0.00     0.00   595.28   841.89
Page    1 TrimBox:      10.00    20.00   510.00   820.00
Page   12 MediaBox:    -50.00   -50.00    50.00   100.00
Page   12 CropBox:     -50.00   -50.00    50.00   100.00
Page   12 TrimBox:     -50.00   -50.00    50.00   100.00`;
  const sheets = parseSheets(said);
  expect(sheets.get(1)?.crop).toEqual({ width: 841.89, height: 595.28 });
  expect(sheets.get(1)?.trim).toEqual({ width: 800, height: 500 });
  expect(sheets.get(12)?.media).toEqual({ width: 100, height: 150 });
  expect([sheets.get(1)?.lies, sheets.get(12)?.lies]).toEqual([true, false]);
  expect(sheets.size).toBe(2);
});
