/** The pictures of the documents: each is there, is shown, is small, and is made by the example beside it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalog, kindNames } from '../../workers/catalog.ts';
import { readFigures, setFigures } from './figures.ts';
import { readExamples } from './read-examples.ts';
import { readPictures } from './read-pictures.ts';

const docs = join(import.meta.dirname, '../../docs/kinds');
const page = (kind: string) => readFileSync(join(docs, `${kind}.md`), 'utf8');
const files = readdirSync(join(docs, 'pictures'));
const shown = kindNames.flatMap((kind) => [...page(kind).matchAll(/\(pictures\/([^)\s]+)\)/g)].map(([, file]) => file));
const maxBytes = 40_000;

describe('docs/kinds/pictures', () => {
  it('has every picture the documents show, and no other', () => {
    expect([...new Set(shown)].sort()).toEqual([...files].sort());
  });

  it('holds small files only', () => {
    const large = files.filter((file) => statSync(join(docs, 'pictures', file)).size > maxBytes);
    expect(large).toEqual([]);
  });

  it('has a maker for every picture', async () => {
    const made = (await readPictures()).flatMap(([, pictures]) => pictures.map(({ file }) => file));
    expect([...made].sort()).toEqual([...files].sort());
  });

  it.each(kindNames)('stands beside examples that %s takes', (kind) => {
    for (const example of readExamples(kind, page(kind))) {
      const { error } = catalog[example.kind]?.contract.params.safeParse(example.params) ?? {};
      expect([example.params, error?.issues]).toEqual([example.params, undefined]);
    }
  });
});

describe('readExamples', () => {
  const json = (value: unknown) => `\n\`\`\`json\n${JSON.stringify(value)}\n\`\`\`\n`;

  it('gives a picture to the block before it, or to the code in its row, which adds to the block', () => {
    const text = [
      json({ kind: 'resize', use: ['a', 'b'], width: 9 }),
      '![one](pictures/1.png) and ![two](pictures/2.png)',
      '| `{ "fit": "fill" }` | ![three](pictures/3.png) | `{ "height": 4 }` ![four](pictures/4.png) |',
    ].join('\n');
    const whole = { kind: 'resize', use: ['a', 'b'] };
    expect(readExamples('resize', text)).toEqual([
      { ...whole, params: { width: 9 }, files: ['1.png', '2.png'] },
      { ...whole, params: { width: 9, fit: 'fill' }, files: ['3.png'] },
      { ...whole, params: { width: 9, height: 4 }, files: ['4.png'] },
    ]);
  });

  it('forgets the block at the next heading, takes the step out of a job, and leaves out what shows no picture', () => {
    const job = { inputs: { a: 'up_01' }, steps: { s: { kind: 'sprite', use: 'a' } } };
    const text = [
      json({ width: 9 }),
      '## Next',
      '| `{ "blur": 2 }` ![](pictures/1.png) |',
      json(job),
      '![](pictures/2.png)',
    ];
    expect(readExamples('resize', text.join('\n'))).toEqual([
      { kind: 'resize', use: [], params: { blur: 2 }, files: ['1.png'] },
      { kind: 'sprite', use: ['a'], params: {}, files: ['2.png'] },
    ]);
  });
});

it('figures are the words in italics behind a picture', () => {
  const text = '| ![a](pictures/a.png) | *old* | ![b](pictures/b.png)<br>*other* | ![c](pictures/c.png) and *more* |';
  expect(readFigures(text, 'b.png')).toBe('other');
  expect(readFigures(text, 'c.png')).toBeUndefined();
  expect(setFigures(text, 'a.png', '9 kB')).toBe(text.replace('old', '9 kB'));
  expect(setFigures(text, 'c.png', '9 kB')).toBe(text);
});
