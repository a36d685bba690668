import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseAt } from './describe-issues.ts';

const variants = [
  z.strictObject({ op: z.literal('turn'), degrees: z.literal([90, 180]) }),
  z.strictObject({ op: z.literal('stamp'), text: z.string() }),
  z.strictObject({ op: z.literal('stamp'), input: z.string() }),
] as const;
const shapes = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('table') }),
  z.strictObject({ type: z.literal('chart') }),
]);

describe('a value that is one of several kinds of object', () => {
  it.each([
    ['a name there is not', { op: 'nope' }, '/op', '"nope" is not possible here; expected one of: turn, stamp'],
    ['a name that is nearly one', { op: 'stmap' }, '/op', '"stmap" is not possible here; did you mean "stamp"?'],
    ['no name', {}, '/op', 'missing; expected one of: turn, stamp'],
    ['a fault inside one', { op: 'turn', degrees: 45 }, '/degrees', 'expected one of 90|180'],
  ])('has all their names told: %s', (_, value, pointer, detail) => {
    expect(parseAt(z.union(variants), value).faults).toEqual([{ pointer, detail }]);
  });

  it('is told of in the same words where zod knows what sets them apart', () => {
    expect(parseAt(z.array(shapes), [{ type: 'tabel' }], ['template']).faults).toEqual([
      { pointer: '/template/0/type', detail: '"tabel" is not possible here; did you mean "table"?' },
    ]);
    expect(parseAt(shapes, {}).faults).toEqual([
      { pointer: '/type', detail: 'missing; expected one of: table, chart' },
    ]);
  });
});
