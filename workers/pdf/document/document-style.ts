import type { TextStyle } from '../../media/pdf/text/styled-text.ts';

/** The look of a document. Sizes in points; gaps stand above. */
export const bodySize = 10.5;
export const lineFactor = 1.45;
export const colours = {
  text: '#1f2328',
  quiet: '#59636e',
  link: '#0550ae',
  line: '#d1d9e0',
  ground: '#f3f4f6',
  tableHead: '#eef1f4',
} as const;

export const body: TextStyle = { family: 'text', bold: false, italic: false, size: bodySize, colour: colours.text };

export const noteStyle: TextStyle = { ...body, size: 8.5 };

const headingSizes = [22, 17, 14, 12, 11, 10.5];
export const headingStyle = (level: number): TextStyle => ({
  ...body,
  bold: true,
  size: headingSizes[level - 1] ?? bodySize,
});
export const headingGap = (level: number): number => (headingStyle(level).size ?? bodySize) * 1.1;

export const paragraphGap = 8;
export const tightGap = 2.5;
export const listIndent = 20;
export const quoteIndent = 14;
export const codeSize = 8.8;
export const codePadding = 7;
export const cellPadding = { x: 5, y: 3.5 } as const;
