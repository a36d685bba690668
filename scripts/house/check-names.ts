import { basename, dirname } from 'node:path';
import type { Fault, Source } from './source.ts';

const vague = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'types', 'misc', 'index']);
const kebabCase = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

export function checkNames(sources: readonly Source[]): readonly Fault[] {
  return sources.filter((source) => source.tree && !source.path.startsWith('.')).flatMap(({ path }) => checkName(path));
}

function checkName(path: string): readonly Fault[] {
  const stem = basename(path).split('.', 1)[0] ?? '';
  const vagueName = [stem, ...dirname(path).split('/')].find((name) => vague.has(name));
  const faults: string[] = [];
  if (vagueName !== undefined) faults.push(`"${vagueName}" says nothing; name it after what it does.`);
  if (!kebabCase.test(stem)) faults.push(`"${stem}" is not kebab-case.`);
  return faults.map((sentence) => ({ file: path, line: 1, sentence }));
}
