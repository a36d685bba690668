/** PDFs, Markdown and hostile files through every document kind of the running farm; each ends as the manifest says. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/farm-client.ts';
import { type RunningFarm, startEmbeddedFarm } from '../support/farm-processes.ts';
import { type Fixture, fixturesAbsent, fixturesPresent, readFixtures } from '../support/fixtures.ts';
import { markdownPages } from '../support/make-media.ts';
import { checkPdf, pdfInfo, pdfText } from '../support/read-pdf.ts';
import { expectFixtures } from '../support/run-fixtures.ts';

if (!fixturesPresent) process.stdout.write(`skipped: ${fixturesAbsent}\n`);

const firstPage = { kind: 'pdf-pages', pages: '1', width: 320, text: true };
const numbered = { kind: 'pdf-edit', operations: [{ op: 'page-numbers', format: 'sheet {page}' }], linearise: true };
const facts = { kind: 'inspect' };
const document = { kind: 'pdf', layout: 'document' };
const sheets = { kind: 'pdf', layout: 'pages' };

let farm: RunningFarm & { readonly dataDir: string };

/** Fixtures of the manifest's kinds; the names of those that are meant end so. */
const of = (kinds: readonly string[], names = /./) =>
  readFixtures().filter(({ kind, file }) => kinds.includes(kind) && names.test(file));
const pdfs = () => of(['pdf']);
const toThumbnail = ({ expected }: Fixture) => expected.thumbnail;

/** What the manifest measured with poppler, e.g. `pages=4`. Undefined where it needs a password. */
const pagesOf = ({ facts: said }: Fixture) => /\bpages=(\d+)/.exec(said)?.[1];

describe.skipIf(!fixturesPresent)('real documents through the running farm', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    farm = await startEmbeddedFarm();
  });
  afterAll(() => farm.close());

  it('draws the first page of every PDF and reads its text, or says why not', async () => {
    expect(pdfs().length).toBeGreaterThan(20);
    await expectFixtures(farm, { fixtures: pdfs(), step: firstPage, expectedOf: toThumbnail, look: lookAtPicture });
  });

  it('numbers the pages of every PDF and keeps them all, or says why not', async () => {
    await expectFixtures(farm, { fixtures: pdfs(), step: numbered, expectedOf: toThumbnail, look: lookAtPdf });
  });

  it('opens the locked ones with their password', async () => {
    const locked = of(['pdf'], /U=view/);
    expect(locked.length).toBe(2);
    const expectedOf = () => 'ok';
    const step = { ...firstPage, password: 'view' };
    await expectFixtures(farm, { fixtures: locked, step, expectedOf, look: lookAtPicture });
    await expectFixtures(farm, {
      fixtures: locked,
      step: { ...numbered, password: 'view', decrypt: true },
      expectedOf,
      look: lookAtPdf,
    });
  });

  it('tells of every PDF what it is', async () => {
    await expectFixtures(farm, { fixtures: pdfs(), step: facts, expectedOf: () => 'ok', look: lookAtFacts });
  });

  it('refuses to build a PDF of PDFs', async () => {
    const fixtures = of(['pdf'], /^(vera|qpdf__minimal)/);
    expect(fixtures.length).toBe(3);
    await expectFixtures(farm, { fixtures, step: sheets, expectedOf: () => 'clean error', look: notExpected });
  });

  it('sets every Markdown and plain text as a PDF whose words can be found', async () => {
    const fixtures = of(['text'], /\.(md|txt)$/);
    expect(fixtures.length).toBe(7);
    const step = { ...document, contents: true };
    await expectFixtures(farm, { fixtures, step, expectedOf: () => 'ok', look: lookAtBook });
  });

  it('survives every hostile file in every document kind', { timeout: 600_000 }, async () => {
    const expectedOf = () => 'ok or clean error';
    for (const step of [firstPage, numbered, facts, sheets]) {
      await expectFixtures(farm, { fixtures: of(['hostile']), step, expectedOf });
    }
    // What is not even named like a picture: each takes a thread of its own, so half of them are enough.
    const fixtures = of(['hostile'], /(?<!\.(png|jpe?g|gif|bmp|tiff?|webp|avif|heic|ico))$/);
    expect(fixtures.length).toBeGreaterThan(30);
    await expectFixtures(farm, { fixtures, step: document, expectedOf });
    const book = await farm.client.upload('book.md', Buffer.from(markdownPages));
    const after = await farm.client.submit({ input: book.id, steps: { it: document } });
    expect((await farm.client.finished(after.id)).status).toBe('succeeded');
    expect(farm.programs.get('farm')?.child.exitCode).toBeNull();
  });
});

async function lookAtPicture(done: Json, fixture: Fixture): Promise<string | undefined> {
  const find = (type: string) => done.steps.it.outputs.find(({ mediaType }: Json) => mediaType === type);
  const [picture, text] = [find('image/png'), find('text/plain')];
  const { width } = await sharp(await farm.client.download(picture.url)).metadata();
  if (width !== 320) return `the picture is ${width} pixels wide`;
  if (text === undefined) return 'there is no text';
  return differing('pages', String(picture.pages), pagesOf(fixture) ?? String(picture.pages));
}

async function lookAtPdf(done: Json, fixture: Fixture): Promise<string | undefined> {
  const path = await keep(done);
  await checkPdf(path);
  const { Pages = '', Optimized } = await pdfInfo(path);
  if (Optimized !== 'yes') return 'is not linearised';
  if (!isTiny(fixture) && !/sheet\s+1\b/.test(await pdfText(path))) return 'the first page has no number';
  return differing('pages', Pages, pagesOf(fixture) ?? Pages);
}

/** A page of a few points has no room for words. */
const isTiny = ({ facts: said }: Fixture) => Number(/\bsize=([\d.]+)/.exec(said)?.[1] ?? 100) < 10;

async function lookAtFacts(done: Json, fixture: Fixture): Promise<string | undefined> {
  const [{ pages, pageSizes, locked, encrypted }] = done.steps.it.outputs;
  const said = pagesOf(fixture);
  if (said === undefined) return differing('locked', String(locked), 'true');
  const [, width, height] = /\bsize=([\d.]+) x ([\d.]+) pts/.exec(fixture.facts) ?? [];
  const [{ widthPt, heightPt }] = pageSizes;
  const measured = `${pages} of ${widthPt} x ${heightPt}, ${encrypted}`;
  return differing('facts', measured, `${said} of ${width} x ${height}, ${fixture.facts.includes('enc=yes')}`);
}

/** Near the end of each file. */
const lastWords: Readonly<Record<string, string>> = {
  'cmark__spec.txt': 'After we’re done, we remove all delimiters',
  'rbook__SUMMARY.md': 'How Rust is Made and “Nightly Rust”',
  'rbook__ch01-01-installation.md': 'Working Offline with This Book',
  'rbook__ch04-01-what-is-ownership.md': 'Return Values and Scope',
  'rbook__ch10-03-lifetime-syntax.md': 'Summary',
  'rbook__ch15-05-interior-mutability.md': 'trading a bit of speed for this flexibility',
  'unicode-data__emoji-test.txt': '#EOF',
};

async function lookAtBook(done: Json, { file }: Fixture): Promise<string | undefined> {
  const path = await keep(done);
  await checkPdf(path);
  const text = (await pdfText(path)).replace(/\s+/g, ' ').replaceAll("'", '’');
  const words = lastWords[file] ?? 'a fixture nobody looked at';
  return text.includes(words) ? undefined : `lost its last words: ${words}`;
}

const notExpected = async () => 'succeeded, and should not';

const differing = (what: string, seen: string, said: string) =>
  seen === said ? undefined : `${what}: ${seen} instead of ${said}`;

async function keep(done: Json): Promise<string> {
  const path = join(farm.dataDir, `${done.id}.pdf`);
  await writeFile(path, await farm.client.download(done.steps.it.outputs[0].url));
  return path;
}
