/** ISO 216 and North American sheets, portrait, in PDF points (1/72 inch). */
const sheets = {
  A3: [841.89, 1190.55],
  A4: [595.28, 841.89],
  A5: [419.53, 595.28],
  A6: [297.64, 419.53],
  Letter: [612, 792],
  Legal: [612, 1008],
  Tabloid: [792, 1224],
} as const;

export type PageSize = keyof typeof sheets;
export const pageSizes = Object.keys(sheets) as PageSize[];

export const pointsPerMm = 72 / 25.4;

/** Width and height in points. */
export const sheetPoints = (size: PageSize): readonly [number, number] => sheets[size];
