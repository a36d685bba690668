/** Says that a file cannot be cut exactly, and why, in words for people. One worker then makes it whole. */
export class Uncuttable extends Error {}
