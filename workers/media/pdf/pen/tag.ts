/** What a part of the document is (ISO 32000-1, 14.8.4). One object is one element, however many rows and pages it goes over. */
export interface Tag {
  readonly role:
    | 'H1'
    | 'H2'
    | 'H3'
    | 'H4'
    | 'H5'
    | 'H6'
    | 'P'
    | 'BlockQuote'
    | 'L'
    | 'LI'
    | 'Lbl'
    | 'LBody'
    | 'Table'
    | 'TR'
    | 'TH'
    | 'TD'
    | 'Figure'
    | 'Caption'
    | 'Code'
    | 'Note'
    | 'TOC'
    | 'TOCI';
  readonly parent?: Tag | undefined;
  /** What a figure shows. */
  readonly alt?: string;
  /** Which cells a `TH` is the head of. */
  readonly scope?: 'Column';
}

export const tagOf = (role: Tag['role'], parent?: Tag, more: Partial<Tag> = {}): Tag => ({ role, parent, ...more });
