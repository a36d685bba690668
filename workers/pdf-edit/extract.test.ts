import { expect, it } from 'vitest';
import { parseListing } from './extract.ts';

it('reads what pdfimages lists', () => {
  const said = `page   num  type   width height color comp bpc  enc interp  object ID x-ppi y-ppi size ratio
--------------------------------------------------------------------------------------------
   1     0 image     300   200  rgb     3   8  jpeg   no         1  0    72    72 46.4K  26%
   2     1 smask     600   600  gray    1   8  image  no        12  0   144   144  350K 100%
`;
  expect(parseListing(said)).toEqual([
    { page: 1, number: 0, type: 'image', width: 300, height: 200 },
    { page: 2, number: 1, type: 'smask', width: 600, height: 600 },
  ]);
});
