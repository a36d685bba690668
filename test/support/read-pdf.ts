/** What poppler and qpdf see in a PDF we made: readers nobody here wrote. */
import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why PDF tests cannot look at their results here; undefined when they can. */
export const pdfReadersMissing: string | undefined = ['pdftotext', 'pdfinfo', 'pdftoppm', 'qpdf']
  .filter((tool) => !isInstalled(tool))
  .map((tool) => `${tool} is not installed (apt-get install poppler-utils qpdf)`)[0];

function isInstalled(tool: string): boolean {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

/** The text as a person reads it; `keepLayout` keeps columns side by side. */
export async function pdfText(path: string, options: { readonly keepLayout?: boolean } = {}): Promise<string> {
  const { stdout } = await run('pdftotext', [...(options.keepLayout ? ['-layout'] : []), path, '-'], {
    maxBuffer: 64 * 1024 ** 2,
  });
  return stdout;
}

/** The text of each page. */
export const pdfPages = async (path: string): Promise<string[]> => (await pdfText(path)).split('\f').slice(0, -1);

/** `pdfinfo`'s table: Title, Author, Pages, Page size, Tagged … */
export async function pdfInfo(path: string, ...options: string[]): Promise<Record<string, string>> {
  const { stdout } = await run('pdfinfo', [...options, path]);
  const rows = stdout.split('\n').map((row) => /^([^:]+):\s*(.*)$/.exec(row));
  return Object.fromEntries(rows.flatMap((row) => (row ? [[row[1] ?? '', row[2] ?? '']] : [])));
}

/** Throws with qpdf's words when the file is not a sound PDF. */
export async function checkPdf(path: string): Promise<void> {
  await run('qpdf', ['--check', path]);
}

/** A page as PNG bytes, 72 dpi unless said: one pixel per point. */
export async function renderPage(path: string, page = 1, dpi = 72): Promise<Buffer> {
  const { stdout } = await run('pdftoppm', ['-r', `${dpi}`, '-f', `${page}`, '-l', `${page}`, '-png', path], {
    encoding: 'buffer',
    maxBuffer: 256 * 1024 ** 2,
  });
  return stdout;
}

/** A program's whole stdout, for pdffonts, pdfimages, pdfdetach. */
export async function readWith(tool: string, args: readonly string[]): Promise<string> {
  return (await run(tool, [...args], { maxBuffer: 64 * 1024 ** 2 })).stdout;
}
