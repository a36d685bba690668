/** Which example in a page of `docs/kinds/` shows which pictures. */

export interface Example {
  readonly kind: string;
  /** Names of the pictures or clips it works on, from `sources/`; empty when it names none. */
  readonly use: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
  /** Files below `pictures/`, in the order the document shows them. */
  readonly files: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

interface Found {
  readonly step: Json;
  readonly files: string[];
}

/**
 * A picture belongs to the example before it: a fenced block of JSON, or `{…}` in code within the same row of a table, which
 * adds to the fenced block of its section. A block is a step, or a job with one step. Blocks without a picture are not read.
 */
export function readExamples(kind: string, document: string): readonly Example[] {
  const found: Found[] = [];
  let section: Json = {};
  for (const { heading, block, row } of splitDocument(document)) {
    if (heading) section = {};
    if (block !== undefined) {
      section = stepOf(JSON.parse(block));
      found.push({ step: section, files: [] });
    }
    for (const { code, file } of tokensOf(row ?? '')) {
      if (code !== undefined) found.push({ step: { ...section, ...JSON.parse(code) }, files: [] });
      if (file !== undefined) found.at(-1)?.files.push(file);
    }
  }
  return found.filter(({ files }) => files.length > 0).map(({ step, files }) => exampleOf(kind, step, files));
}

interface Part {
  readonly heading?: boolean;
  readonly block?: string;
  readonly row?: string;
}

function* splitDocument(document: string): Generator<Part> {
  const parts = document.split(/^```(\w*)\n([\s\S]*?)^```$/m);
  for (let at = 0; at < parts.length; at += 3) {
    for (const row of parts[at]?.split('\n') ?? []) yield row.startsWith('#') ? { heading: true } : { row };
    const block = parts[at + 2];
    if (parts[at + 1] === 'json' && block !== undefined) yield { block };
  }
}

/** Objects in code and pictures, in the order of the row. Code that is not an object of JSON is only mentioned. */
function* tokensOf(row: string): Generator<{ code?: string; file?: string }> {
  const pictures = /!\[[^\]]*\]\(pictures\/([^)\s]+)\)/;
  if (!pictures.test(row)) return;
  for (const [, code, file] of row.matchAll(new RegExp(`\`(\\{[^\`]*\\})\`|${pictures.source}`, 'g'))) {
    if (code !== undefined) yield { code };
    if (file !== undefined) yield { file };
  }
}

function stepOf(block: Json): Json {
  const steps = Object.values((block.steps ?? {}) as Record<string, Json>);
  return steps[0] ?? block;
}

function exampleOf(page: string, { kind, use, ...params }: Json, files: readonly string[]): Example {
  return { kind: (kind as string | undefined) ?? page, use: [(use as string | string[]) ?? []].flat(), params, files };
}
