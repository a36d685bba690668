/** Figures stand in italics right behind a picture, or in the next cell of its row: `![…](pictures/a.webp) | *9.1 kB*`. */

const pattern = (file: string) =>
  new RegExp(`(\\(pictures/${file.replaceAll('.', '\\.')}\\)(?:\\s|\\||<br>)*\\*)([^*]+)(?=\\*)`);

export const readFigures = (document: string, file: string): string | undefined => pattern(file).exec(document)?.[2];

export const setFigures = (document: string, file: string, figures: string): string =>
  document.replace(pattern(file), (_, before: string) => `${before}${figures}`);
