/** Where a mark lies in a picture or on a page, as people say it. */
export const places = [
  'center',
  'top',
  'top-right',
  'right',
  'bottom-right',
  'bottom',
  'bottom-left',
  'left',
  'top-left',
] as const;
export type Place = (typeof places)[number];
