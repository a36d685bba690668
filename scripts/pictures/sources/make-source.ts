import { extname } from 'node:path';
import { drawHarbour } from './draw-harbour.ts';
import { drawPortrait } from './draw-portrait.ts';
import { photograph } from './photograph.ts';

export interface SourceFile {
  readonly file: string;
  readonly bytes: Buffer;
}

type Make = () => Promise<Buffer>;

/** What the examples of the documents are made from, all drawn here: nobody else's picture, the same on every machine. */
const sources: Readonly<Record<string, Make>> = {
  'harbour.jpg': () => photograph(drawHarbour(), 1600, 1067).then((photo) => photo.jpeg({ quality: 90 }).toBuffer()),
  'portrait.jpg': () => photograph(drawPortrait(), 1200, 900).then((photo) => photo.jpeg({ quality: 90 }).toBuffer()),
};

const made = new Map<string, Promise<Buffer>>();

/** A source by its name without the extension; each is made once per process. */
export async function makeSource(name: string): Promise<SourceFile> {
  const file = Object.keys(sources).find((key) => key.slice(0, -extname(key).length) === name);
  if (file === undefined) {
    throw new Error(`An example uses "${name}"; the sources are ${Object.keys(sources).join(', ')}.`);
  }
  const bytes = made.get(file) ?? (sources[file] as Make)();
  made.set(file, bytes);
  return { file, bytes: await bytes };
}
