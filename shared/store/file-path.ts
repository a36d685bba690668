/**
 * Object keys as paths below a directory, on any file system: case-insensitive ones, those that normalise Unicode, those
 * that forbid characters. A key may be a folder as well (`a` and `a/b`), and no key leads out of the directory.
 *
 *   segment of a key           on disk
 *   `job_01AB`                 `job_01+a+b`      upper case as `+` and lower case
 *   `Größe`, `..`, ``          `+gr%c3%b6%c3%9fe`, `%2e%2e`, `%`     other bytes of UTF-8 as `%xx`
 *   the last one               ends with `=`     so that it differs from a folder of that name
 *   longer than 200            is cut; each piece but the last is a folder that ends with `~`
 */
const maxPiece = 200;
const emptySegment = '%';

export function toPathPieces(key: string): readonly string[] {
  const segments = key.split('/').map(encodeSegment);
  return segments.flatMap((pieces, at) => {
    if (at < segments.length - 1) return pieces;
    return [...pieces.slice(0, -1), `${pieces.at(-1)}=`];
  });
}

/** What one name on disk adds to the key. */
export function fromPathPiece(name: string): { readonly text: string; readonly isObject: boolean } {
  if (name.endsWith('=')) return { text: decode(name.slice(0, -1)), isObject: true };
  if (name.endsWith('~')) return { text: decode(name.slice(0, -1)), isObject: false };
  return { text: `${decode(name)}/`, isObject: false };
}

function encodeSegment(segment: string): readonly string[] {
  if (segment === '') return [emptySegment];
  const pieces: string[] = [];
  let piece = '';
  for (const character of segment) {
    const encoded = encodeCharacter(character, segment);
    if (piece.length + encoded.length > maxPiece) {
      pieces.push(`${piece}~`);
      piece = '';
    }
    piece += encoded;
  }
  return [...pieces, piece];
}

function encodeCharacter(character: string, segment: string): string {
  if (/[A-Z]/.test(character)) return `+${character.toLowerCase()}`;
  const isPlain = /[a-z0-9_-]/.test(character) || (character === '.' && !/^\.+$/.test(segment));
  if (isPlain) return character;
  return Buffer.from(character).toString('hex').replace(/../g, '%$&');
}

function decode(piece: string): string {
  if (piece === emptySegment) return '';
  const bytes = piece.replace(/\+([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return decodeURIComponent(bytes);
}
