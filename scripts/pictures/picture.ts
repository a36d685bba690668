/** One picture shown in the documents. A file `scripts/pictures/<kind>.ts` exports `pictures`, a list of these. */
export interface Picture {
  /** Its name in `docs/kinds/pictures/`. */
  readonly file: string;
  /**
   * Writes it into the directory under that name. @returns a text with figures, if any: it replaces the words in italics that
   * follow the picture in the document, where there are any.
   */
  make(directory: string): Promise<unknown>;
}
