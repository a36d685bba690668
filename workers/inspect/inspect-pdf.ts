import { AppError, InputError } from '../../shared/errors.ts';
import type { MediaFacts } from '../../shared/messages/job.ts';
import type { InputFile } from '../kind.ts';
import { runTool } from '../media/run-tool.ts';

/** Seconds suffice for any honest file; a bomb is ended by the kernel. */
const limits = { memoryBytes: 1024 ** 3, cpuSeconds: 15, fileBytes: 0 };
const timeoutMs = 30_000;

/** Page sizes are looked at for so many pages, and so many different ones are told. */
const maxListedPages = 500;
const maxSizes = 20;

/** Poppler's pdfinfo: one `Name:   value` a line, and one `Page  3 size: 612 x 792 pts (letter)` a page. */
export async function inspectPdf(input: InputFile, signal: AbortSignal): Promise<MediaFacts> {
  const args = ['-f', '1', '-l', String(maxListedPages), '-isodates', input.path];
  const {
    code,
    signal: ended,
    stdout,
    stderr,
  } = await runTool({ command: 'pdfinfo', args, signal, timeoutMs, limits });
  if (code === 126 || code === 127) {
    throw new AppError('tool_missing', 'PDFs cannot be inspected: pdfinfo (poppler-utils) is not installed here.');
  }
  if (ended !== null)
    throw new InputError('The PDF takes too long or too much memory to read: it is damaged or a trap.');
  if (/incorrect password/i.test(stderr)) return { encrypted: true, locked: true };
  if (code !== 0) throw new InputError('The PDF is damaged and cannot be read. Save it again or send another copy.');
  return readPdfinfo(stdout.toString('utf8'));
}

export function readPdfinfo(text: string): MediaFacts {
  const fields = new Map(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^([A-Za-z][\w /-]*?):\s+(.*\S)\s*$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
  return {
    pages: Number(fields.get('Pages') ?? 0),
    pageSizes: countSizes(text),
    encrypted: fields.get('Encrypted')?.startsWith('yes') ?? false,
    locked: false,
    tagged: fields.get('Tagged') === 'yes',
    ...textFields(fields),
  };
}

/** Most documents have one size, many two; each is told with the number of pages that have it. */
function countSizes(text: string) {
  const counts = new Map<string, number>();
  for (const [, width, height] of text.matchAll(/^Page\s+\d+ size:\s+([\d.]+) x ([\d.]+) pts/gm)) {
    const size = `${width} ${height}`;
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  return [...counts].slice(0, maxSizes).map(([size, pages]) => {
    const [widthPt = 0, heightPt = 0] = size.split(' ').map(Number);
    return { widthPt, heightPt, pages };
  });
}

const names: Readonly<Record<string, string>> = {
  Title: 'title',
  Author: 'author',
  Subject: 'subject',
  Keywords: 'keywords',
  Creator: 'creator',
  Producer: 'producer',
  CreationDate: 'createdAt',
  ModDate: 'modifiedAt',
  'PDF version': 'version',
};

function textFields(fields: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, key]) => {
      // Some programs end their texts with NUL.
      const value = fields
        .get(name)
        ?.replace(/\p{Cc}/gu, '')
        .slice(0, 1000);
      return value ? [[key, value]] : [];
    }),
  );
}
