import { parseArgs } from 'node:util';

export interface StepArguments {
  readonly kind: string;
  readonly files: readonly string[];
  /** Where the outputs go; the current folder unless `--out` says otherwise. */
  readonly out: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Dotted param → the value as it was typed, where it was read as something else than text: `--pages 1`. */
  readonly typed?: Readonly<Record<string, string>>;
}

/**
 * `<kind> FILE… --<param> VALUE`: a value that is JSON (`400`, `true`, `{"fps":10}`) is read as such, anything else is text;
 * a dot goes into an object (`--page.size A4`); a param without a value is true. A kind may want text all the same: `typed`.
 */
export function readStepArguments(argv: readonly string[]): StepArguments {
  const { tokens } = parseArgs({ args: [...argv], strict: false, allowPositionals: true, tokens: true });
  const words: string[] = [];
  const params: Record<string, unknown> = {};
  const typed: Record<string, string> = {};
  const take = (name: string, text: string) => {
    const value = readValue(text);
    assign(params, name, value);
    if (typeof value !== 'string') typed[name] = text;
  };
  let pending: string | undefined;
  for (const token of tokens) {
    if (token.kind === 'option') {
      if (pending !== undefined) assign(params, pending, true);
      pending = token.value === undefined ? token.name : undefined;
      if (token.value !== undefined) take(token.name, token.value);
    } else if (token.kind === 'positional') {
      if (pending === undefined) words.push(token.value);
      else take(pending, token.value);
      pending = undefined;
    }
  }
  if (pending !== undefined) assign(params, pending, true);
  const { out = '.', ...rest } = params;
  const [kind = '', ...files] = words;
  return { kind, files, out: typed.out ?? String(out), params: rest, typed };
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function assign(params: Record<string, unknown>, name: string, value: unknown): void {
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
