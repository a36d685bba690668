import { expect, test } from 'vitest';
import { checkNames } from './check-names.ts';
import { checkSizes } from './check-sizes.ts';
import { checkText } from './check-text.ts';
import { checkUses } from './check-uses.ts';
import { parseSource } from './source.ts';

const lines = (count: number) => 'void 0;\n'.repeat(count);

test('a file over 250 lines and a function over 50 are named with their line', () => {
  const long = parseSource('shared/long.ts', lines(251));
  const wide = parseSource('shared/wide.ts', `\n\nexport function wide() {\n${lines(49)}}\n`);
  expect(checkSizes([long, ...Array(2).fill(wide)])).toEqual([
    expect.objectContaining({ file: 'shared/long.ts', line: 1 }),
    expect.objectContaining({ file: 'shared/wide.ts', line: 3, sentence: expect.stringContaining('51 lines') }),
    expect.objectContaining({ file: 'shared/wide.ts', line: 3 }),
    expect.objectContaining({ sentence: 'The median function has 51 lines; the limit is 10.' }),
  ]);
});

test('tests and benchmarks may be long', () => {
  const paths = ['shared/a.test.ts', 'test/e2e/a.ts', 'bench/a.ts', 'schemas/generated/a.ts'];
  expect(checkSizes(paths.map((path) => parseSource(path, lines(300))))).toEqual([]);
});

test.each(['shared/utils.ts', 'shared/common/read.ts', 'shared/index.ts', 'shared/ReadFile.ts'])(
  '%s is not a name',
  (path) => {
    expect(checkNames([parseSource(path, '')])).toHaveLength(1);
  },
);

test('the environment, signals and the console are for the few', () => {
  const text = "process.env.X;\nprocess.once('SIGTERM', stop);\nconsole.log(1);\n";
  expect(checkUses([parseSource('services/api/app.ts', text)]).map((fault) => fault.line)).toEqual([1, 2, 3]);
  expect(checkUses([parseSource('services/api/main.ts', text)]).map((fault) => fault.line)).toEqual([3]);
  expect(checkUses([parseSource('services/api/app.ts', "process.once('exit', stop);")])).toEqual([]);
});

test('reminders and paths of one machine are found in any text', () => {
  const reminder = ['TO', 'DO'].join('');
  const path = ['', 'work', 'main'].join('/');
  const text = `fine\n# ${reminder} later\n# ${reminder} see docs/adr/0007.md\ncd ${path}\nGET https://example.com/work/1\n`;
  expect(checkText([parseSource('docs/a.md', text)]).map((fault) => fault.line)).toEqual([2, 4]);
});
