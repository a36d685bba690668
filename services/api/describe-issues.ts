/** zod issues → faults with JSON Pointers, in words that name what was expected and the nearest valid name. */
import { z } from 'zod';
import type { FieldError } from '../../shared/errors.ts';
import { suggestName } from './nearest-name.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * Faults told of at once. Each costs a search for the nearest name, and a document of two megabytes can hold a hundred
 * thousand: without an end to it one request keeps the api from answering anybody else.
 */
export const maxFaults = 100;

/** Parses `value`; `at` is where it stands in the request. Answers the parsed value or what is wrong with it. */
export function parseAt<T>(
  schema: z.ZodType<T>,
  value: unknown,
  at: Path = [],
): { readonly value: T; readonly faults?: never } | { readonly faults: readonly FieldError[]; readonly value?: never } {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return { value: parsed.data };
  const names = (path: Path) => namesAt(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), path);
  const issues = parsed.error.issues.slice(0, maxFaults);
  return { faults: issues.flatMap((issue) => describeIssue(issue, at, [], names)).slice(0, maxFaults) };
}

export function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function describeIssue(issue: Issue, at: Path, within: Path, names: (path: Path) => readonly string[]): FieldError[] {
  const local = [...within, ...issue.path];
  const pointer = pointerOf([...at, ...local]);
  if (issue.code === 'unrecognized_keys') {
    const known = names(local);
    return issue.keys.slice(0, maxFaults).map((key) => ({
      pointer: pointerOf([...at, ...local, key]),
      detail: known.includes(key)
        ? `"${key}" is not possible beside what else is given here`
        : `"${key}" is not known here; ${suggestName(key, known)}`,
    }));
  }
  const variant = variantOf(issue);
  if (variant !== undefined) {
    const { path, given, known } = variant;
    const detail = given === undefined ? `missing; ${suggestName('', known)}` : notPossible(given, known);
    return [{ pointer: pointerOf([...at, ...local, ...path]), detail }];
  }
  if (issue.code === 'invalid_union') return describeUnion(issue, at, local, names);
  if (issue.code === 'invalid_key') return [{ pointer, detail: issue.issues[0]?.message ?? issue.message }];
  if (issue.code === 'invalid_value' && typeof issue.input === 'string') {
    return [{ pointer, detail: notPossible(issue.input, issue.values.map(String)) }];
  }
  if (issue.code === 'invalid_type' && issue.input === undefined) {
    return [{ pointer, detail: `missing; expected ${plain(issue.expected)}` }];
  }
  return [{ pointer, detail: plain(issue.message) }];
}

const notPossible = (given: string, known: readonly string[]) =>
  `"${given}" is not possible here; ${suggestName(given, known)}`;

interface UnknownVariant {
  /** From the union. */
  readonly path: Path;
  readonly given: string | undefined;
  readonly known: readonly string[];
}

/** Where a union takes one of several kinds of object and none of them is called so: all their names count, not one branch's. */
function variantOf(issue: Issue): UnknownVariant | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  if ('options' in issue && issue.discriminator !== undefined) {
    const given = Object(issue.input)[issue.discriminator];
    return { path: [], given: typeof given === 'string' ? given : undefined, known: issue.options.map(String) };
  }
  const names = issue.errors.map((branch) =>
    branch.find((fault) => fault.code === 'invalid_value' && fault.path.length === 1),
  );
  const [first] = names;
  const same = names.every((fault) => fault?.code === 'invalid_value' && fault.path[0] === first?.path[0]);
  if (first?.code !== 'invalid_value' || !same || names.length < 2) return undefined;
  const known = names.flatMap((fault) => (fault?.code === 'invalid_value' ? fault.values.map(String) : []));
  return {
    path: first.path,
    given: typeof first.input === 'string' ? first.input : undefined,
    known: [...new Set(known)],
  };
}

/** zod's own words without its preamble: "Invalid input: expected record, received null" → "expected object, got null". */
function plain(message: string): string {
  return message
    .replace(/^(?:Invalid (?:input|option)|Too (?:big|small)): (?=expected )/, '')
    .replace(/^(expected )?record\b/, '$1object')
    .replace(/, received (\w+)$/, ', got $1');
}

/** Of a union the branch that understood most of the value speaks: the one whose faults lie deepest, then the one with fewest. */
function describeUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  at: Path,
  local: Path,
  names: (path: Path) => readonly string[],
): FieldError[] {
  const depth = (branch: readonly Issue[]) =>
    Math.max(0, ...branch.map((fault) => fault.path.length + (fault.code === 'unrecognized_keys' ? 1 : 0)));
  const ranked = [...issue.errors].sort((a, b) => depth(b) - depth(a) || a.length - b.length);
  const best = ranked[0];
  if (!best || depth(best) === 0) {
    const expected = issue.errors.flatMap((branch) => branch.map((fault) => plain(fault.message)));
    return [{ pointer: pointerOf([...at, ...local]), detail: [...new Set(expected)].join('; or: ') || issue.message }];
  }
  return best.flatMap((fault) => describeIssue(fault, at, local, names));
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
}

/** The property names a JSON Schema knows at a path, over all branches of its unions. */
function namesAt(schema: unknown, path: Path): readonly string[] {
  const root = schema as SchemaNode;
  let nodes = spread(root, root);
  for (const part of path)
    nodes = nodes.flatMap((node) => childrenOf(node, part)).flatMap((node) => spread(node, root));
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

function childrenOf(node: SchemaNode, part: PropertyKey): SchemaNode[] {
  if (typeof part === 'number') return node.items ? [node.items] : [];
  const named = node.properties?.[String(part)];
  if (named) return [named];
  return typeof node.additionalProperties === 'object' ? [node.additionalProperties] : [];
}

function spread(node: SchemaNode, root: SchemaNode): SchemaNode[] {
  const target = node.$ref?.startsWith('#/$defs/') ? root.$defs?.[node.$ref.slice('#/$defs/'.length)] : undefined;
  const branches = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? []), ...(target ? [target] : [])];
  return [node, ...branches.flatMap((branch) => spread(branch, root))];
}
