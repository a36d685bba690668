import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { Contract } from '../../workers/kind.ts';
import { checkJob } from './check-job.ts';
import type { JobRules } from './job-plan.ts';

function contract(kind: string, min: number, max: number): Contract {
  return {
    kind,
    summary: '',
    params: z.strictObject({
      size: z.int().min(1).default(10),
      mode: z.union([z.literal(false), z.strictObject({ depth: z.int() })]).optional(),
    }),
    inputs: { min, max, accepts: [] },
    limits: { maxInputBytes: 1, timeoutMs: 1 },
    tools: [],
    examples: [],
  };
}

const rules: JobRules = {
  contracts: { one: contract('one', 1, 1), many: contract('many', 2, 3), none: contract('none', 0, 1) },
  kinds: new Map(),
  refuseUrl: (url) => (url.includes('private') ? 'private' : undefined),
};

function pointersOf(document: unknown, attached: readonly string[] | 'any' = []): string[] {
  try {
    checkJob(document, rules, attached);
    return [];
  } catch (error) {
    return (error as AppError).errors.map((fault) => fault.pointer);
  }
}

describe('a job that can run', () => {
  test('gets the defaults of its kinds and of use', () => {
    const plan = checkJob(
      { input: 'up_1', steps: { a: { kind: 'one' }, b: { kind: 'many', use: ['a', 'a/x.png'] } } },
      rules,
    );
    expect(plan.steps).toEqual([
      { name: 'a', kind: 'one', params: { size: 10 }, uses: ['input'] },
      { name: 'b', kind: 'many', params: { size: 10 }, uses: ['a', 'a/x.png'] },
    ]);
    expect(plan.inputs).toEqual({ input: 'up_1' });
  });

  test('a kind that needs no input uses none by default', () => {
    expect(checkJob({ steps: { a: { kind: 'none' } } }, rules).steps[0]?.uses).toEqual([]);
    expect(checkJob({ input: 'up_1', steps: { a: { kind: 'none' } } }, rules).steps[0]?.uses).toEqual(['input']);
  });

  test('inputs and steps may bear the names that every object has', () => {
    const steps = { toString: { kind: 'one', use: 'constructor' }, valueOf: { kind: 'one', use: 'toString' } };
    expect(pointersOf({ inputs: { constructor: 'up_1' }, steps })).toEqual([]);
  });

  test('file parts are inputs; before they have come any name may be one', () => {
    const job = { steps: { a: { kind: 'one', use: 'photo' } } };
    expect(pointersOf(job, ['photo'])).toEqual([]);
    expect(pointersOf(job, 'any')).toEqual([]);
    expect(pointersOf(job, ['other'])).toEqual(['/steps/a/use']);
    expect(pointersOf({ steps: { a: { kind: 'oen', use: 'photo' } } }, 'any')).toEqual(['/steps/a/kind']);
  });
});

describe('a job that cannot', () => {
  test.each<[string, unknown, string[]]>([
    ['too few inputs', { input: 'up_1', steps: { a: { kind: 'many' } } }, ['/steps/a']],
    [
      'a whole step may give enough',
      { input: 'up_1', steps: { a: { kind: 'one' }, b: { kind: 'many', use: 'a' } } },
      [],
    ],
    ['too many', { input: 'up_1', steps: { a: { kind: 'one', use: ['input', 'input'] } } }, ['/steps/a/use']],
    [
      'inside a union',
      { input: 'up_1', steps: { a: { kind: 'one', mode: { dpeth: 1, depth: 2 } } } },
      ['/steps/a/mode/dpeth'],
    ],
    [
      'an output without a name',
      { input: 'up_1', steps: { a: { kind: 'one' }, b: { kind: 'one', use: 'a/' } } },
      ['/steps/b/use'],
    ],
    ['a refused address', { input: { url: 'https://private/' }, steps: { a: { kind: 'one' } } }, ['/input']],
    ['a name from Object.prototype', { input: 'up_1', steps: { a: { kind: 'constructor' } } }, ['/steps/a/kind']],
    [
      '__proto__, which would silently vanish',
      JSON.parse('{"input":"up_1","steps":{"a":{"kind":"one","__proto__":1}},"metadata":{"__proto__":"x"}}'),
      ['/steps/a/__proto__', '/metadata/__proto__'],
    ],
    ['nothing at all', undefined, ['']],
  ])('%s', (_what, job, pointers) => {
    expect(pointersOf(job)).toEqual(pointers);
  });

  test.each([
    [{ input: 'up_1' }, '/steps: missing; expected object'],
    [{ input: 'up_1', steps: [] }, '/steps: expected object, got array'],
    [{ input: { upload: 'up_1', url: 'https://a.example' }, steps: { a: { kind: 'one' } } }, /not possible beside/],
    [{ input: { url: 'nonsense' }, steps: { a: { kind: 'one' } } }, /expected an absolute URL/],
    [{ input: 'up_1', steps: { a: { kind: 'one' } }, runAt: 'tomorrow' }, /expected a time with its zone/],
  ])('%j is refused in words of ours', (job, message) => {
    expect(() => checkJob(job, rules)).toThrow(message);
  });

  test('a circle behind a sound step is named without it', () => {
    const steps = { a: { kind: 'one' }, b: { kind: 'many', use: ['a', 'c'] }, c: { kind: 'one', use: 'b' } };
    expect(() => checkJob({ input: 'up_1', steps }, rules)).toThrow(/b → c → b/);
  });

  test.each<[string, unknown]>([
    [
      '100 000 params nobody knows',
      {
        a: { kind: 'one', ...Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`param-${index}`, 1])) },
      },
    ],
    [
      '200 steps of 1000 references nobody knows',
      Object.fromEntries(
        Array.from({ length: 200 }, (_, step) => [
          `step-${step}`,
          { kind: 'many', use: Array.from({ length: 1000 }, (_item, index) => `nothing-${index}`) },
        ]),
      ),
    ],
    ['50 000 steps', Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`s${index}`, { kind: 'x' }]))],
  ])('%s are refused within the time of a hundred faults', (_what, steps) => {
    const startedMs = performance.now();
    expect(pointersOf({ input: 'up_1', steps }).length).toBeLessThanOrEqual(100);
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });

  test('nesting without end is refused, not followed', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 5000; level += 1) deep = [deep];
    expect(() => checkJob({ input: 'up_1', steps: { a: { kind: 'one', size: deep } } }, rules)).toThrow(AppError);
  });
});
