import type { FieldError } from '../../shared/errors.ts';
import { pointerOf } from './describe-issues.ts';

const maxDepth = 32;

/** Text no PostgreSQL column holds: NUL, and halves of surrogate pairs. And nesting deeper than anything here means. */
export function findUnstorable(value: unknown, path: readonly PropertyKey[] = []): readonly FieldError[] {
  if (path.length > maxDepth) return [{ pointer: pointerOf(path), detail: `nested deeper than ${maxDepth} levels` }];
  if (typeof value === 'string') {
    return isStorable(value) ? [] : [{ pointer: pointerOf(path), detail: 'holds a NUL or half a character' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    isStorable(name)
      ? findUnstorable(item, [...path, name])
      : [{ pointer: pointerOf(path), detail: 'has a name that holds a NUL or half a character' }],
  );
}

function isStorable(text: string): boolean {
  // With the u flag \p{Cs} matches lone surrogates only.
  return !text.includes('\u0000') && !/\p{Cs}/u.test(text);
}
