import { readFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Written } from '../../workers/step/run-step.ts';
import type { Picture } from './picture.ts';
import { type Example, readExamples } from './read-examples.ts';
import { runExample } from './run-example.ts';

interface Ways {
  /** What an example works on that names nothing. */
  readonly use: string;
  /** Turns the outputs into the picture to show, where they are no pictures themselves. */
  readonly views?: Readonly<Record<string, (written: readonly Written[]) => Promise<Buffer>>>;
  /** Figures to print beside every picture. */
  readonly tell?: (written: Written) => Promise<string>;
}

const page = (kind: string) => new URL(`../../docs/kinds/${kind}.md`, import.meta.url);

/**
 * The pictures of a page, each made by the example the page shows it with, so that the two cannot differ. Of several pictures
 * of one example the first is the first output, and so on.
 */
export function documentedPictures(kind: string, { use, views = {}, tell }: Ways): readonly Picture[] {
  const examples = readExamples(kind, readFileSync(page(kind), 'utf8'));
  return examples.flatMap((example) =>
    example.files.map((file, position) => ({
      file,
      make: (directory) =>
        runExample(example.use.length > 0 ? example : { ...example, use: [use] }, async (written) => {
          const view = views[file];
          if (view !== undefined) return await writeFile(join(directory, file), await view(written));
          const output = outputFor(file, written, position, example);
          await copyFile(output.path, join(directory, file));
          return tell?.(output);
        }),
    })),
  );
}

function outputFor(file: string, written: readonly Written[], position: number, example: Example): Written {
  const output = written[position];
  if (output !== undefined && extname(output.path) === extname(file)) return output;
  const made = written.map(({ path }) => extname(path)).join(', ');
  throw new Error(
    `${file} is number ${position + 1} of what ${JSON.stringify(example.params)} makes, which is: ${made}`,
  );
}
