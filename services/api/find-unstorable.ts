import type { FieldError } from '../../shared/errors.ts';
import { pointerOf } from './describe-issues.ts';

const maxDepth = 32;

/**
 * Text no PostgreSQL column holds: NUL, and halves of surrogate pairs. Nesting deeper than anything here means. And the name
 * `__proto__`, which would vanish on the way through JavaScript objects instead of being refused or kept.
 */
export function findUnstorable(value: unknown, path: readonly PropertyKey[] = []): readonly FieldError[] {
  if (path.length > maxDepth) return [{ pointer: pointerOf(path), detail: `nested deeper than ${maxDepth} levels` }];
  if (typeof value === 'string') {
    return isStorable(value) ? [] : [{ pointer: pointerOf(path), detail: 'holds a NUL or half a character' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    if (!isStorable(name)) {
      return [{ pointer: pointerOf(path), detail: 'has a name that holds a NUL or half a character' }];
    }
    if (name === '__proto__') return [{ pointer: pointerOf([...path, name]), detail: 'this name is not possible' }];
    return findUnstorable(item, [...path, name]);
  });
}

function isStorable(text: string): boolean {
  // With the u flag \p{Cs} matches lone surrogates only.
  return !text.includes('\u0000') && !/\p{Cs}/u.test(text);
}
