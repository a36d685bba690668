import { z } from 'zod';

const one = String.raw`(?:\d{1,6}|last(?:-\d{1,6})?)`;
const part = `(?:${one}(?:-(?:${one})?)?|odd|even|all)`;
/** `1-3,7,last`, `last-1`, `5-` (to the end), `8-1` (backwards), `odd`, `even`, `all`. */
const list = new RegExp(`^${part}(?:, ?${part})*$`);

export const pageListParam = z.string().max(2000).regex(list, 'expected pages such as 1-3,7,last or odd, even, all');

/**
 * 127 bytes are all that PDF keeps of a password (ISO 32000-2, 7.6.4.3.3). Control characters cannot be typed. `writeOnly`
 * makes it a secret (ADR 30): it is forgotten after the job.
 */
export const pdfPassword = z
  .string()
  .max(127, 'expected at most 127 characters')
  .regex(/^\P{Cc}*$/u, 'expected a password without control characters')
  .meta({ writeOnly: true });
