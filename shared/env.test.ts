import { expect, test } from 'vitest';
import { z } from 'zod';
import { type ConfigError, readEnvironment } from './env.ts';

const shape = {
  FARM_URL: z.string().regex(/^https:/, 'expected https://host'),
  FARM_PORT: z.coerce.number().int().max(65_535).default(80),
  FARM_LEVEL: z.enum(['info', 'warn']).optional(),
};

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readEnvironment(shape, environment);
    return [];
  } catch (error) {
    return (error as ConfigError).faults;
  }
}

test('an empty variable counts as absent, and defaults apply', () => {
  expect(readEnvironment(shape, { FARM_URL: 'https://a', FARM_PORT: '' })).toEqual({
    FARM_URL: 'https://a',
    FARM_PORT: 80,
  });
});

test('every fault is named at once, in words an operator can act on', () => {
  expect(faultsOf({ FARM_PORT: 'eighty', FARM_LEVEL: 'loud' })).toEqual([
    'FARM_URL: missing; expected https://host',
    'FARM_PORT: expected a number',
    'FARM_LEVEL: expected one of "info"|"warn"',
  ]);
});

test('a file that cannot be read is a fault of the variable that names it', () => {
  expect(faultsOf({ FARM_URL_FILE: '/nowhere/at/all' })).toContain('FARM_URL_FILE: the file it names cannot be read');
});
