import ts from 'typescript';
import { descend, type Fault, lineOf, type Source } from './source.ts';

interface Rule {
  readonly breaks: (node: ts.Node) => boolean;
  readonly allowedIn: RegExp;
  readonly sentence: string;
}

const tools = 'scripts/|test/|bench/|.*\\.test\\.ts$|[^/]*\\.config\\.ts$|examples/';

const rules: readonly Rule[] = [
  {
    breaks: (node) => isMember(node, 'console'),
    allowedIn: /^$/,
    sentence: 'Programs write to the log, scripts to process.stdout; nobody to the console.',
  },
  {
    breaks: (node) => isMember(node, 'process', 'env'),
    allowedIn: new RegExp(`^(?:${tools})|(?:^|/)(?:main|config)\\.ts$`),
    sentence: 'Only main.ts and config.ts read process.env; take the value as a parameter.',
  },
  {
    breaks: isSignalHandler,
    allowedIn: new RegExp(`^(?:${tools})|(?:^|/)main\\.ts$`),
    sentence: 'Only main.ts handles signals; export a close function instead.',
  },
];

/** Looks at what the code uses: the console, the environment, signals. */
export function checkUses(sources: readonly Source[]): readonly Fault[] {
  return sources.flatMap(({ path, tree }) => {
    const applying = rules.filter((rule) => !rule.allowedIn.test(path));
    if (!tree || applying.length === 0) return [];
    return [...descend(tree)].flatMap((node) =>
      applying
        .filter((rule) => rule.breaks(node))
        .map(({ sentence }) => ({ file: path, line: lineOf(tree, node.getStart(tree)), sentence })),
    );
  });
}

function isMember(node: ts.Node, object: string, property?: string): boolean {
  if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(node.expression)) return false;
  return node.expression.text === object && (property === undefined || node.name.text === property);
}

function isSignalHandler(node: ts.Node): boolean {
  if (!ts.isCallExpression(node)) return false;
  const [event] = node.arguments;
  const listens = ['on', 'once', 'addListener'].some((method) => isMember(node.expression, 'process', method));
  return listens && event !== undefined && ts.isStringLiteralLike(event) && event.text.startsWith('SIG');
}
