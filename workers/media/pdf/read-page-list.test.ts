import { describe, expect, it } from 'vitest';
import { InputError } from '../../../shared/errors.ts';
import { pageListParam } from './params.ts';
import { readPageList } from './read-page-list.ts';

const tenPages = { pages: 10, name: 'report.pdf' };

describe('readPageList', () => {
  it.each([
    ['7', [7]],
    ['1-3, 7,last', [1, 2, 3, 7, 10]],
    ['last-2', [8]],
    ['last-2-last', [8, 9, 10]],
    ['8-', [8, 9, 10]],
    ['3-1', [3, 2, 1]],
    ['even', [2, 4, 6, 8, 10]],
    ['odd,2', [1, 3, 5, 7, 9, 2]],
    ['all', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ])('%s', (list, pages) => {
    expect(pageListParam.safeParse(list).success).toBe(true);
    expect(readPageList(list, tenPages)).toEqual(pages);
  });

  it.each(['0', '11', '5-12', 'last-10'])('refuses %s and says how many pages there are', (list) => {
    expect(() => readPageList(list, tenPages)).toThrow(InputError);
    expect(() => readPageList(list, tenPages)).toThrow(/“report.pdf” has 10 pages/);
  });

  it('refuses a list that names the same pages over and over', () => {
    const list = Array.from({ length: 20 }, () => '1-2000').join(',');
    expect(() => readPageList(list, { pages: 2000, name: 'book.pdf' })).toThrow(/more than 20000 pages/);
  });
});

it.each(['', 'x', '1,,2', '-3', '1-2-3', 'r1', '1;2'])('a request with the list “%s” is refused', (list) => {
  expect(pageListParam.safeParse(list).success).toBe(false);
});
