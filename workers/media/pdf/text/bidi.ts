import bidiFactory, { type Bidi } from 'bidi-js';

/** UAX 9. The package's types say it has no callable default, but it does in Node. */
export const bidi: Bidi = (bidiFactory as unknown as () => Bidi)();
