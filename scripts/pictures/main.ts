/** `npm run pictures -- [kind …]`: makes the pictures of `docs/kinds/` anew, and writes the figures beside them. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { setFigures } from './figures.ts';
import { readPictures } from './read-pictures.ts';

const docs = new URL('../../docs/kinds/', import.meta.url);
const folder = fileURLToPath(new URL('pictures/', docs));
const asked = process.argv.slice(2);

for (const [kind, pictures] of await readPictures(asked.length > 0 ? asked : undefined)) {
  const page = new URL(`${kind}.md`, docs);
  let text = await readFile(page, 'utf8');
  for (const { file, make } of pictures) {
    const figures = await make(folder);
    if (typeof figures === 'string') text = setFigures(text, file, figures);
    const { size } = await stat(folder + file);
    process.stdout.write(`docs/kinds/pictures/${file}  ${(size / 1000).toFixed(1)} kB  ${figures ?? ''}\n`);
  }
  await writeFile(page, text);
}
process.exit(0);
