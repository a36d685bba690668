/** Real files from ../shared/fixtures (beside the checkout, never copied): each must end as its MANIFEST.tsv row says. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../shared/errors.ts';
import { makeTask } from '../../test/support/make-task.ts';
import { difference } from '../../test/support/try-resize.ts';
import { resizeParams } from './contract.ts';
import { process } from './process.ts';

const fixtures = new URL('../../../shared/fixtures/', import.meta.url).pathname;
const manifest = join(fixtures, 'MANIFEST.tsv');

function rows() {
  if (!existsSync(manifest)) return [];
  const [head = '', ...lines] = readFileSync(manifest, 'utf8').trim().split('\n');
  const columns = head.split('\t');
  const column = (cells: string[], name: string) => cells[columns.indexOf(name)] ?? '';
  return lines
    .map((line) => line.split('\t'))
    .map((cells) => ({
      folder: column(cells, 'kind'),
      file: column(cells, 'file'),
      expected: column(cells, 'expect_resize_320_webp'),
    }))
    .filter(({ expected }) => expected !== '-');
}

async function resizeTo320(path: string, name: string): Promise<string> {
  const params = resizeParams.parse({ width: 320, height: 320, fit: 'inside', format: 'webp' });
  const task = await makeTask({ params, files: [{ path, name }] });
  try {
    const [output] = await process(task);
    const { format, width, height, pages = 1 } = await sharp(output?.path, { animated: true }).metadata();
    expect(format).toBe('webp');
    expect(Math.max(width, height / pages)).toBeLessThanOrEqual(320);
    return 'ok';
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.publicMessage).toMatch(/^[A-Z].{30,}\.$/);
    expect(error.publicMessage).not.toContain('/');
    return 'clean error';
  }
}

/** Rows that say "clean error" because sharp cannot read them, and which we read all the same (ADR 0010). */
const readByOthers = [
  'am__sample_MP.heic',
  'am__sample_still_photo.heic',
  'heif__rainbow-451x461.heic',
  'heif__with-alpha-512x512.heic',
  'heif__lightning_mini.heif',
  'pil__hopper.bmp',
  'pil__hopper.heif',
  'pil__hopper.ico',
  'pil__rgba.psd',
  'vips__favicon.ico',
];

describe('real files', () => {
  if (!existsSync(manifest)) {
    it('are not beside this checkout (../shared/fixtures): nothing to try', () => expect(rows()).toEqual([]));
  }

  for (const { folder, file, expected } of rows()) {
    it(`${folder}/${file} ends ${expected}`, async () => {
      const ended = await resizeTo320(join(fixtures, folder, file), file);
      // Reading more than the raw tools did is allowed; refusing what they read is not.
      if (expected === 'ok' || readByOthers.includes(file)) expect(ended).toBe('ok');
    }, 90_000);
  }

  it.skipIf(!existsSync(manifest))('an HDR AVIF looks like its ordinary sibling, not grey', async () => {
    const [hdr = '', sdr = ''] = await Promise.all(
      ['avif__colors_hdr_rec2020.avif', 'avif__colors_sdr_srgb.avif'].map(async (name) => {
        const params = resizeParams.parse({ format: 'png' });
        const task = await makeTask({ params, files: [{ path: join(fixtures, 'image', name), name }] });
        return (await process(task))[0]?.path;
      }),
    );
    expect(await difference(hdr, sdr)).toBeLessThan(25);
  });

  // Written line by line, a file that stops without a word shows in what the encoder says.
  it.each(rows().filter(({ folder, file }) => folder === 'hostile' && /\.tiff?$/.test(file)))(
    '$folder/$file ends well as PNG and JPEG',
    async ({ folder, file }) => {
      for (const format of ['png', 'jpeg'] as const) {
        const task = await makeTask({
          params: resizeParams.parse({ format }),
          files: [{ path: join(fixtures, folder, file), name: file }],
        });
        const ended = await process(task).then(
          () => 'ok',
          (error: unknown) => (error instanceof InputError ? 'clean error' : error),
        );
        expect([format, ended]).toEqual([format, expect.stringMatching(/^(ok|clean error)$/)]);
      }
    },
  );
});
