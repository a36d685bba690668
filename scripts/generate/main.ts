/** `npm run generate`: writes the documents the api serves to `schemas/`, so a change of the contract shows in review. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { generatedDocuments } from './generated-documents.ts';

const folder = fileURLToPath(new URL('../../schemas/', import.meta.url));
await mkdir(folder, { recursive: true });
for (const [name, text] of Object.entries(generatedDocuments())) {
  await writeFile(`${folder}${name}`, text);
  process.stdout.write(`schemas/${name}\n`);
}
