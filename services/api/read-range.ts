import type { ByteRange } from '../../shared/store/object-store.ts';

/**
 * One range of RFC 9110 §14: `bytes=0-99`, `bytes=100-`, `bytes=-100`. Undefined, which means all of it, for several ranges and
 * for what cannot be read (the RFC lets a server ignore both); `unsatisfiable` when no byte of it exists.
 */
export function readRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/i.exec(header?.replaceAll(/\s/g, '') ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < first) return undefined;
  return first >= size ? 'unsatisfiable' : { first, last };
}
