import { describe, expect, it } from 'vitest';
import { paginate } from './paginate.ts';
import { type Row, spacer } from './row.ts';

const box = { width: 100, height: 120, left: 10, top: 10, innerWidth: 80, innerHeight: 100 };
const named = new Map<Row, string>();
const row = (name: string, height: number, more: Partial<Row> = {}): Row => {
  const made = spacer(height, more);
  named.set(made, name);
  return made;
};
const pagesOf = (rows: readonly Row[]) =>
  [...paginate(rows, box)].map((page) =>
    page.map((placed) => `${named.get(placed.row) ?? '-'}@${placed.top}`).join(' '),
  );

describe('pages', () => {
  it('are filled from the top, without the gap above their first row', () => {
    expect(pagesOf([row('a', 60, { gap: 20 }), row('b', 30, { gap: 10 }), row('c', 10, { gap: 5 })])).toEqual([
      'a@10 b@80',
      'c@10',
    ]);
  });

  it('keep rows together that want to', () => {
    expect(pagesOf([row('a', 70), row('heading', 20, { keep: true }), row('text', 20)])).toEqual([
      'a@10',
      'heading@10 text@30',
    ]);
  });

  it('let go of a chain no page can hold', () => {
    const chain = Array.from({ length: 4 }, (_, index) => row(`${index}`, 40, { keep: true }));
    expect(pagesOf(chain)).toEqual(['0@10 1@50', '2@10 3@50']);
  });

  it('repeat the head of a table', () => {
    const head = row('head', 10);
    const rows = ['a', 'b', 'c'].map((name) => row(name, 40, { head: [head] }));
    expect(pagesOf([head, ...rows])).toEqual(['head@10 a@20 b@60', 'head@10 c@20']);
  });

  it('stand footnotes at the foot of the page that refers to them, once, and carry on what is too much', () => {
    const note = row('note', 20);
    const twice = [row('a', 30, { notes: [note] }), row('b', 30, { notes: [note] }), row('c', 30)];
    expect(pagesOf(twice)).toEqual(['a@10 b@40 -@78 note@90', 'c@10']);
    const long = Array.from({ length: 4 }, (_, index) => row(`n${index}`, 25));
    const pages = pagesOf([row('a', 40, { notes: long })]);
    expect(pages.join(' ').match(/n\d/g)).toEqual(['n0', 'n1', 'n2', 'n3']);
    expect(pages[0]).toContain('a@10');
    expect(pages.length).toBe(2);
  });

  it('are at least one', () => {
    expect(pagesOf([])).toEqual(['']);
  });

  it('take a row that is taller than any page', () => {
    expect(pagesOf([row('a', 10), row('huge', 500), row('b', 10)])).toEqual(['a@10', 'huge@10', 'b@10']);
  });
});
