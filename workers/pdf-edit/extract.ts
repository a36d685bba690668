import { randomUUID } from 'node:crypto';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { Output } from '../kind.ts';
import { readPageList } from '../media/pdf/read-page-list.ts';
import { runPdfTool } from '../media/pdf/run-pdf-tool.ts';
import { type EditTask, takePages, type Work } from './work.ts';

const wholeDocument = { cpuSeconds: 60 };
const maxImages = 500;

/** The text in reading order, pages parted by form feeds as poppler writes them. */
export async function extractText(task: EditTask, work: Work, list: string | undefined): Promise<Output> {
  const path = join(task.scratch, `text-${randomUUID()}.txt`);
  const source = await choose(task, work, list);
  await run(task, work, 'pdftotext', ['-enc', 'UTF-8', source.path, path]);
  if ((await stat(path)).size === 0) await writeFile(path, '\n');
  const facts = { pages: source.pages.length };
  return { name: `${task.name}${work.suffix}.txt`, path, mediaType: 'text/plain', facts };
}

/** JPEGs as they are in the document, everything else as PNG; masks, which are no pictures to people, are left out. */
export async function extractImages(task: EditTask, work: Work, list: string | undefined): Promise<readonly Output[]> {
  const source = await choose(task, work, list);
  const listing = parseListing((await run(task, work, 'pdfimages', ['-list', source.path])).stdout.toString('utf8'));
  const pictures = new Map(listing.filter(({ type }) => type === 'image').map((entry) => [entry.number, entry]));
  if (pictures.size > maxImages) {
    throw new InputError(
      `“${work.name}” holds ${pictures.size} pictures, and one step takes out at most ${maxImages}. Send \`pages\`.`,
    );
  }
  const folder = join(task.scratch, `images-${randomUUID()}`);
  await mkdir(folder);
  if (pictures.size > 0) await run(task, work, 'pdfimages', ['-png', '-j', source.path, join(folder, 'image')]);
  const files = (await readdir(folder)).map((file) => ({ file, number: Number(/-(\d+)\.\w+$/.exec(file)?.[1]) }));
  return files
    .sort((one, other) => one.number - other.number)
    .flatMap(({ file, number }) => {
      const entry = pictures.get(number);
      return entry === undefined ? [] : [{ entry, path: join(folder, file) }];
    })
    .map(({ entry, path }, index) =>
      asOutput(task, work, { path, index, ...entry, page: source.pages[entry.page - 1] }),
    );
}

interface Found {
  readonly path: string;
  readonly index: number;
  readonly page: number | undefined;
  readonly width: number;
  readonly height: number;
}

function asOutput(task: EditTask, work: Work, { path, index, page, width, height }: Found): Output {
  const extension = extname(path);
  return {
    name: `${task.name}${work.suffix}-image-${index + 1}${extension}`,
    path,
    mediaType: extension === '.jpg' ? 'image/jpeg' : 'image/png',
    facts: { width, height, ...(page === undefined ? {} : { page }) },
  };
}

/** `pdfimages -list`: page, num, type, width, height … after two lines of head. */
export function parseListing(text: string) {
  return text
    .split('\n')
    .slice(2)
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells.length > 5)
    .map(([page, number, type, width, height]) => ({
      ...{ page: Number(page), number: Number(number), type },
      ...{ width: Number(width), height: Number(height) },
    }));
}

async function choose(task: EditTask, work: Work, list: string | undefined) {
  const pages = readPageList(list ?? 'all', work);
  return { pages, path: list === undefined ? work.path : await takePages(task, work, pages) };
}

async function run(task: EditTask, work: Work, command: 'pdftotext' | 'pdfimages', args: readonly string[]) {
  const subject = `“${work.name}”`;
  const result = await runPdfTool({ command, args, signal: task.signal, subject, ...wholeDocument });
  if (result.code === 0) return result;
  throw new InputError(`“${work.name}” is damaged: what is in it cannot be taken out.`, new Error(result.stderr));
}
