/**
 * `npm run bench -- image`: what one decode for many renditions saves, and what `resize` costs over the bare sharp calls it
 * stands for. CPU is user and system time of this process, so other load on the machine matters little; each figure is the
 * median of several rounds, taken in turns.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Task } from '../workers/kind.ts';
import { configureSharp } from '../workers/media/configure-sharp.ts';
import { type ResizeParams, resizeParams } from '../workers/resize/contract.ts';
import { process as resize } from '../workers/resize/process.ts';
import type { Bench } from './bench.ts';

const widths = [1600, 1200, 800, 400, 100] as const;
const rounds = 5;

/** 24 million pixels, as a phone makes them. */
const photo = { width: 6000, height: 4000 };

export const bench: Bench = async (print) => {
  configureSharp(1);
  const folder = await mkdtemp(join(tmpdir(), 'farm-bench-'));
  try {
    const sources = await makeSources(folder);
    print(
      `${photo.width}×${photo.height}, five WebP renditions (${widths.join(', ')} px), CPU seconds, median of ${rounds}:`,
    );
    for (const [name, path] of Object.entries(sources)) print(await compareDecodes(name, path, folder));
    print('one rendition, 1200 px WebP: resize against the sharp calls it stands for');
    for (const [name, path] of Object.entries(sources)) print(await compareOverhead(name, path, folder));
    print(`largest memory of the whole run: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function makeSources(folder: string): Promise<Readonly<Record<string, string>>> {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 30 };
  const grain = await sharp({ create: { width: 1500, height: 1000, channels: 3, background: 'grey', noise } })
    .blur(3)
    .png()
    .toBuffer();
  const picture = await sharp(grain).resize(photo).normalise().raw().toBuffer({ resolveWithObject: true });
  const start = () => sharp(picture.data, { raw: picture.info });
  const files = {
    'JPEG baseline': await start().jpeg({ quality: 90 }).toBuffer(),
    'JPEG progressive': await start().jpeg({ quality: 90, progressive: true }).toBuffer(),
    PNG: await start().png({ compressionLevel: 3 }).toBuffer(),
    WebP: await start().webp({ quality: 85, effort: 1 }).toBuffer(),
  };
  const paths = Object.entries(files).map(async ([name, bytes]) => {
    const path = join(folder, name.replace(' ', '-'));
    await writeFile(path, bytes);
    return [name, path] as const;
  });
  return Object.fromEntries(await Promise.all(paths));
}

async function compareDecodes(name: string, path: string, folder: string): Promise<string> {
  const renditions = Object.fromEntries(widths.map((width) => [`w${width}`, { width }]));
  const sized = await Promise.all(
    widths.map((width) => sharp(path).resize({ width }).raw().toBuffer({ resolveWithObject: true })),
  );
  const [together = 0, apart = 0, encoding = 0] = await measure([
    () => run(path, folder, { format: 'webp', renditions }),
    async () => {
      for (const width of widths) await run(path, folder, { format: 'webp', width });
    },
    async () => {
      for (const { data, info } of sized) await sharp(data, { raw: info }).webp({ quality: 80 }).toBuffer();
    },
  ]);
  const ratio = (together / apart).toFixed(2);
  const rest = ((together - encoding) / (apart - encoding)).toFixed(2);
  const seconds = `one step ${together.toFixed(2)}   five steps ${apart.toFixed(2)}   encoding alone ${encoding.toFixed(2)}`;
  return `  ${name.padEnd(18)} ${seconds}   ratio ${ratio}, without the encoding ${rest}`;
}

async function compareOverhead(name: string, path: string, folder: string): Promise<string> {
  const target = join(folder, 'bare.webp');
  const [ours = 0, bare = 0] = await measure([
    () => run(path, folder, { format: 'webp', width: 1200 }),
    async () => {
      await sharp(path).autoOrient().resize({ width: 1200 }).webp({ quality: 80 }).toFile(target);
    },
  ]);
  const more = ((ours / bare - 1) * 100).toFixed(1);
  return `  ${name.padEnd(18)} resize ${ours.toFixed(3)}   bare sharp ${bare.toFixed(3)}   ${more} % more`;
}

/** Each contender once to warm up, then in turns, so that a noisy neighbour meets all of them. @returns medians in seconds */
async function measure(contenders: readonly (() => Promise<void>)[]): Promise<readonly number[]> {
  const seconds: number[][] = contenders.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const before = process.cpuUsage();
      await contender();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) seconds[index]?.push((user + system) / 1e6);
    }
  }
  return seconds.map((list) => [...list].sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0);
}

async function run(path: string, scratch: string, params: ResizeParams): Promise<void> {
  const task: Task<ResizeParams> = {
    params: resizeParams.parse(params),
    inputs: [{ path, bytes: 1, mediaType: 'image/*', name: 'photo', reference: 'input' }],
    scratch,
    name: 'bench',
    signal: new AbortController().signal,
    progress: () => undefined,
    emit: async () => undefined,
    ready: async () => undefined,
  };
  await resize(task);
}
