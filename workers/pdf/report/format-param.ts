import { z } from 'zod';

const known = /^(number|percent)(:(1?\d|20))?$|^currency(:[A-Za-z]{3})?$|^date$/;
const expected = 'expected number:2, percent:1, currency:EUR or date';

/** How a value is written. */
export const formatParam = z.string().max(60).regex(known, expected);

/** A text whose places `{{path|format}}` name formats there are. */
export const filledText = z
  .string()
  .max(20_000)
  .superRefine((text, context) => {
    for (const [place, format] of text.matchAll(/\{\{[^{}|]*\|\s*([^{}]*?)\s*\}\}/g)) {
      if (!known.test(format ?? ''))
        context.addIssue({ code: 'custom', message: `no such format in ${place}: ${expected}` });
    }
  });
