/** Real media that nobody here made, in `../shared/fixtures` beside the checkout; tests over them say so when it is not there. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/fixtures/', import.meta.url));

export interface Fixture {
  readonly kind: string;
  readonly file: string;
  readonly path: string;
  /** What somebody measured: `application/pdf pages=4 size=612 x 792 pts (letter) enc=no`. */
  readonly facts: string;
  /** Column of MANIFEST.tsv → `ok`, `clean error`, `ok or clean error`, or `-`. */
  readonly expected: { readonly resize: string; readonly transcode: string; readonly thumbnail: string };
}

export const fixturesPresent = existsSync(`${folder}MANIFEST.tsv`);
export const fixturesAbsent = 'the folder ../shared/fixtures is not beside this checkout';

export function readFixtures(): readonly Fixture[] {
  if (!fixturesPresent) return [];
  const [head = '', ...rows] = readFileSync(`${folder}MANIFEST.tsv`, 'utf8').trim().split('\n');
  const columns = head.split('\t');
  return rows.map((row) => {
    const cells = Object.fromEntries(row.split('\t').map((cell, position) => [columns[position], cell]));
    const { kind = '', file = '' } = cells;
    return {
      kind,
      file,
      path: `${folder}${kind}/${file}`,
      facts: cells.facts ?? '',
      expected: {
        resize: cells.expect_resize_320_webp ?? '-',
        transcode: cells.expect_transcode_h264 ?? '-',
        thumbnail: cells.expect_thumbnail ?? '-',
      },
    };
  });
}
