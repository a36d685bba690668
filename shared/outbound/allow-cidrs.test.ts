import { expect, it } from 'vitest';
import { z } from 'zod';
import { allowCidrs } from './allow-cidrs.ts';

const schema = z.object({ ranges: allowCidrs });

it('reads a list with spaces, and nothing as none', () => {
  expect(schema.parse({ ranges: '10.0.0.0/8, fd00::/8 ,' }).ranges).toEqual(['10.0.0.0/8', 'fd00::/8']);
  expect(schema.parse({}).ranges).toEqual([]);
});

it('says which range is wrong', () => {
  const faults = schema.safeParse({ ranges: '10.0.0.0/8,10.0.0.0/99' }).error?.issues.map((issue) => issue.message);
  expect(faults).toEqual(['expected a CIDR such as 10.0.0.0/8, got "10.0.0.0/99"']);
});
