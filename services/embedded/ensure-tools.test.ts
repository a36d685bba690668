import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { catalog } from '../../workers/catalog.ts';
import { ensureTools } from './ensure-tools.ts';

const contracts = ['resize', 'transcode'].flatMap((kind) => catalog[kind]?.contract ?? []);
const printed: string[] = [];
let searchPath: string;

beforeEach(async () => {
  searchPath = await mkdtemp(join(tmpdir(), 'tools-'));
  printed.length = 0;
});
afterEach(() => rm(searchPath, { recursive: true, force: true }));

const print = (line: string) => void printed.push(line);

it('switches off what lacks its program, and says once what to install', async () => {
  const kinds = await ensureTools(contracts, { searchPath, print, install: undefined });
  expect(kinds.get('resize')).toEqual({ available: true });
  expect(kinds.get('transcode')).toMatchObject({
    available: false,
    reason: expect.stringMatching(/Install ffmpeg and/),
  });
  expect(printed).toEqual([expect.stringMatching(/^Switched off: transcode\. .*apt-get install ffmpeg/)]);
});

it('installs what is missing where it may, and then runs everything', async () => {
  const install = async (packages: readonly string[]) => {
    expect(packages).toEqual(['ffmpeg']);
    for (const program of ['ffmpeg', 'ffprobe']) await writeFile(join(searchPath, program), '', { mode: 0o755 });
  };
  const kinds = await ensureTools(contracts, { searchPath, print, install });
  expect([...kinds.values()]).toEqual([{ available: true }, { available: true }]);
  expect(printed).toEqual([expect.stringContaining('Installing ffmpeg')]);
});
