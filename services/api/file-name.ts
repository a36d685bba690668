const maxLength = 255;

/**
 * The sender's file name made fit to keep and to show: no directories, no control or direction-changing characters, composed
 * Unicode (macOS sends decomposed), at most 255 characters with the extension kept.
 */
export function keepableName(given: string | undefined, fallback = 'upload'): string {
  const base = (given ?? '').split(/[/\\]/).at(-1) ?? '';
  const clean = base
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '')
    .trim();
  if (clean === '' || clean === '.' || clean === '..') return fallback;
  if (clean.length <= maxLength) return clean;
  const extension = /\.[A-Za-z0-9]{1,16}$/.exec(clean)?.[0] ?? '';
  return [...clean.slice(0, maxLength - extension.length)].join('') + extension;
}
