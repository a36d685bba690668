/** A Markdown book of about 200 pages, as a worker builds it: processor seconds, wall seconds, peak memory. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pdfContract } from '../workers/pdf/contract.ts';
import { process as buildPdf } from '../workers/pdf/process.ts';

const chapters = 140;

export async function bench(print: (line: string) => void): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'farm-bench-'));
  try {
    for (const [title, parts] of [
      ['half a book', chapters / 2],
      ['a book', chapters],
    ] as const) {
      print(`${title.padEnd(14)} ${await measure(scratch, parts)}`);
    }
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function measure(scratch: string, parts: number): Promise<string> {
  const source = join(scratch, 'book.md');
  await writeFile(source, Array.from({ length: parts }, (_, index) => chapter(index + 1)).join('\n'));
  const cpu = process.cpuUsage();
  const started = performance.now();
  const [output] = await buildPdf({
    params: pdfContract.params.parse({ layout: 'document', contents: true }),
    inputs: [
      {
        path: source,
        bytes: (await stat(source)).size,
        mediaType: 'text/markdown',
        name: 'book.md',
        reference: 'input',
      },
    ],
    scratch,
    name: 'book',
    signal: AbortSignal.timeout(300_000),
    progress: () => {},
    emit: async () => {},
    ready: async () => {},
  });
  const wall = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const peak = process.resourceUsage().maxRSS / 1024;
  return `${output?.facts?.pages} pages, ${((user + system) / 1e6).toFixed(1)} s processor, ${wall.toFixed(1)} s wall, peak ${peak.toFixed(0)} MB`;
}

/** About a page and a half of everything a book has. */
function chapter(number: number): string {
  const sentence = (at: number) =>
    `Sentence ${at} of chapter ${number} has *some* words, \`code()\` and a [link](#chapter-1).`;
  const paragraphs = Array.from({ length: 6 }, (_, at) =>
    Array.from({ length: 7 }, (_, inner) => sentence(at * 7 + inner)).join(' '),
  );
  const table = `| Key | Value |\n|---|---:|\n${Array.from({ length: 8 }, (_, row) => `| row ${row} | ${row * number} |`).join('\n')}`;
  const code = `\`\`\`js\nfor (let at = 0; at < ${number}; at++) {\n  console.log("line", at);\n}\n\`\`\``;
  return `# Chapter ${number}\n\n${paragraphs.join('\n\n')}\n\n## Table\n\n${table}\n\n## Code\n\n${code}\n\n- one\n- two\n  1. inner\n\n> A quote to end with.\n`;
}
