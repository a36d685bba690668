import type { TextStyle } from '../../media/pdf/text/styled-text.ts';

/** Labels at axes and in legends. */
export const smallStyle: TextStyle = { family: 'text', bold: false, italic: false, size: 8, colour: '#59636e' };
