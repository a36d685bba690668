import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { makeTask } from '../../test/support/make-task.ts';
import { near, pixel, solid } from '../../test/support/try-resize.ts';
import { type ContactSheetParams, contactSheetParams } from './contract.ts';
import { process } from './process.ts';

const colours = ['red', 'lime', 'blue', 'yellow', 'cyan'] as const;
const rgb = { red: [255, 0, 0], lime: [0, 255, 0], blue: [0, 0, 255], yellow: [255, 255, 0], cyan: [0, 255, 255] };

async function lay(params: ContactSheetParams, names: readonly (keyof typeof rgb)[] = colours) {
  const files = names.map(async (name) => ({
    bytes: await solid(60, 40, name).removeAlpha().png().toBuffer(),
    name: `${name}.png`,
  }));
  const task = await makeTask({
    params: contactSheetParams.parse(params),
    files: await Promise.all(files),
    name: 'sheet',
  });
  return process(task);
}

describe('contact-sheet', () => {
  it('lays pictures in rows, as many across as down or one more', async () => {
    const [sheet] = await lay({ cellWidth: 60, cellHeight: 40, gap: 10, format: 'png' });
    expect(sheet).toMatchObject({ name: 'sheet.png', facts: { width: 220, height: 110, pictures: 5 } });
    const at = (x: number, y: number) => pixel(sheet?.path ?? '', x, y);
    expect(near(await at(40, 30), rgb.red)).toBe(true);
    expect(near(await at(110, 30), rgb.lime)).toBe(true);
    expect(near(await at(40, 80), rgb.yellow)).toBe(true);
    expect(near(await at(180, 80), [255, 255, 255])).toBe(true);
    expect(near(await at(5, 5), [255, 255, 255])).toBe(true);
  });

  it('writes captions that can be read on any background', async () => {
    for (const [background, ink] of [
      ['white', 0],
      ['black', 255],
    ] as const) {
      const [sheet] = await lay(
        { cellWidth: 120, cellHeight: 80, gap: 0, captions: 'name', background, format: 'png' },
        ['red'],
      );
      const strip = { left: 0, top: 80, width: 120, height: (sheet?.facts?.height ?? 0) - 80 };
      const { data } = await sharp(sheet?.path).extract(strip).grayscale().raw().toBuffer({ resolveWithObject: true });
      expect([...data].filter((value) => Math.abs(value - ink) < 60).length).toBeGreaterThan(20);
    }
  }, 60_000);

  it('packs a sprite without gaps and says where each picture is', async () => {
    const [sprite, index] = await lay({ layout: 'sprite', cellWidth: 30, cellHeight: 20, columns: 2, format: 'png' });
    expect(sprite?.facts).toMatchObject({ width: 60, height: 60 });
    const read = JSON.parse(await readFile(index?.path ?? '', 'utf8')) as {
      image: string;
      cells: { name: string; left: number; top: number }[];
    };
    expect(read.image).toBe(sprite?.name);
    for (const { name, left, top } of read.cells) {
      const colour = name.replace('.png', '') as keyof typeof rgb;
      expect([name, near(await pixel(sprite?.path ?? '', left + 15, top + 10), rgb[colour])]).toEqual([name, true]);
    }
  });

  it('starts another sheet when one is full', async () => {
    const sheets = await lay({ perSheet: 2, cellWidth: 20, cellHeight: 20 });
    expect(sheets.map(({ name, facts }) => [name, facts?.pictures])).toEqual([
      ['sheet-1.jpg', 2],
      ['sheet-2.jpg', 2],
      ['sheet-3.jpg', 1],
    ]);
  });

  it('names the file that cannot be read', async () => {
    const files = [{ bytes: Buffer.from('words'), name: 'notes.txt' }];
    const task = await makeTask({ params: {}, files });
    await expect(process(task)).rejects.toThrow(/“notes.txt”: Expected a picture/);
  });

  it('lays grey, 16-bit and transparent pictures side by side', async () => {
    const grey = solid(20, 20, '#808080').removeAlpha().toColourspace('b-w').png();
    const deep = solid(20, 20, 'red').removeAlpha().toColourspace('rgb16').png();
    const clear = solid(20, 20, '#00f8').png();
    const files = await Promise.all(
      [grey, deep, clear].map(async (file) => ({ bytes: await file.toBuffer(), name: 'a' })),
    );
    const params = { cellWidth: 20, cellHeight: 20, gap: 0, columns: 3, format: 'png' as const };
    const [sheet] = await process(await makeTask({ params, files }));
    const seen = await Promise.all([10, 30, 50].map((x) => pixel(sheet?.path ?? '', x, 10)));
    const expected = [
      [128, 128, 128],
      [255, 0, 0],
      [119, 119, 255],
    ];
    expect(seen.map((colour, index) => near(colour, expected[index] ?? []))).toEqual([true, true, true]);
  });

  it('refuses a sheet larger than a picture can be', async () => {
    await expect(
      lay({ cellWidth: 2000, cellHeight: 2000, columns: 1, gap: 200 }, [...colours, ...colours]),
    ).rejects.toThrow(/2400×22200 pixels/);
  });
});
