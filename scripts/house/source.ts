import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** One place where the code leaves the house's way, and the sentence that says which. */
export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly sentence: string;
}

/** A file of ours, as git sees it: tracked or new, not ignored. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** Parsed; undefined for what is not code. */
  readonly tree: ts.SourceFile | undefined;
  /** Tests, benchmarks and generated files are not measured. */
  readonly measured: boolean;
}

const textFile = /\.(?:[cm]?[jt]sx?|json|md|ya?ml|sql|sh|env|css|html)$|(?:^|\/)(?:Dockerfile|run)[^/]*$/;
const codeFile = /\.[cm]?[jt]sx?$/;
const unmeasured = /\.test\.ts$|^(?:test|bench)\/|(?:^|\/)generated\/|\.config\.ts$|^\.dependency-cruiser/;

export function readSources(root: string): readonly Source[] {
  const listing = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  const paths = listing.split('\0').filter((path) => textFile.test(path) && existsSync(`${root}/${path}`));
  return paths.map((path) => parseSource(path, readFileSync(`${root}/${path}`, 'utf8')));
}

export function parseSource(path: string, text: string): Source {
  const isCode = codeFile.test(path);
  const tree = isCode ? ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) : undefined;
  return { path, text, tree, measured: isCode && !unmeasured.test(path) };
}

export function lineOf(tree: ts.SourceFile, position: number): number {
  return tree.getLineAndCharacterOfPosition(position).line + 1;
}

/** Every node below `node`, itself included. */
export function* descend(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* descend(child);
}
