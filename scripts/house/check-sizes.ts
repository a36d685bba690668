import ts from 'typescript';
import { descend, type Fault, lineOf, type Source } from './source.ts';

/** Lines. The tail is what shows taste: the limits are for every single one, the medians for the whole. */
const limits = { file: 250, function: 50, medianFile: 70, medianFunction: 10 };

interface Measured {
  readonly file: string;
  readonly line: number;
  readonly lines: number;
}

export function checkSizes(sources: readonly Source[]): readonly Fault[] {
  const measured = sources.filter((source) => source.measured);
  const files = measured.map(measureFile);
  const functions = measured.flatMap(measureFunctions);
  return [
    ...tooLong(files, limits.file, 'file'),
    ...tooLong(functions, limits.function, 'function'),
    ...medianTooLong(files, limits.medianFile, 'file'),
    ...medianTooLong(functions, limits.medianFunction, 'function'),
  ];
}

function measureFile({ path, text }: Source): Measured {
  return { file: path, line: 1, lines: text.trimEnd().split('\n').length };
}

/** Functions with a body of statements; an arrow with a single expression is a phrase of the one around it. */
function measureFunctions({ path, tree }: Source): readonly Measured[] {
  if (!tree) return [];
  const functions = [...descend(tree)].filter(
    (node) => ts.isFunctionLike(node) && 'body' in node && node.body !== undefined && ts.isBlock(node.body as ts.Node),
  );
  return functions.map((node) => {
    const line = lineOf(tree, node.getStart(tree));
    return { file: path, line, lines: lineOf(tree, node.getEnd()) - line + 1 };
  });
}

function tooLong(measured: readonly Measured[], limit: number, what: string): readonly Fault[] {
  return measured
    .filter(({ lines }) => lines > limit)
    .map(({ file, line, lines }) => ({
      file,
      line,
      sentence: `This ${what} has ${lines} lines; the limit is ${limit}. Find its second idea and name it.`,
    }));
}

function medianTooLong(measured: readonly Measured[], limit: number, what: string): readonly Fault[] {
  const sorted = measured.map(({ lines }) => lines).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  if (median <= limit) return [];
  return [{ file: '.', line: 0, sentence: `The median ${what} has ${median} lines; the limit is ${limit}.` }];
}
