import { parseArgs } from 'node:util';

export interface StepArguments {
  readonly kind: string;
  readonly files: readonly string[];
  /** Where the outputs go; the current folder unless `--out` says otherwise. */
  readonly out: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * `<kind> FILE… --<param> VALUE`: a value that is JSON (`400`, `true`, `{"fps":10}`) is read as such, anything else is text;
 * a dot goes into an object (`--page.size A4`); a param without a value is true.
 */
export function readStepArguments(argv: readonly string[]): StepArguments {
  const { tokens } = parseArgs({ args: [...argv], strict: false, allowPositionals: true, tokens: true });
  const words: string[] = [];
  const params: Record<string, unknown> = {};
  let pending: string | undefined;
  for (const token of tokens) {
    if (token.kind === 'option') {
      if (pending !== undefined) assign(params, pending, true);
      pending = token.value === undefined ? token.name : undefined;
      if (token.value !== undefined) assign(params, token.name, readValue(token.value));
    } else if (token.kind === 'positional') {
      if (pending === undefined) words.push(token.value);
      else assign(params, pending, readValue(token.value));
      pending = undefined;
    }
  }
  if (pending !== undefined) assign(params, pending, true);
  const { out = '.', ...rest } = params;
  const [kind = '', ...files] = words;
  return { kind, files, out: String(out), params: rest };
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function assign(params: Record<string, unknown>, name: string, value: unknown): void {
  const path = name.split('.');
  const last = path.pop() ?? name;
  let target = params;
  for (const segment of path) {
    const next = target[segment];
    const object = typeof next === 'object' && next !== null ? (next as Record<string, unknown>) : {};
    target[segment] = object;
    target = object;
  }
  target[last] = value;
}
