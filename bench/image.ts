/**
 * `npm run bench -- image`: what one decode for many renditions saves, what `resize` costs over the bare sharp calls it stands
 * for, and how much memory the largest pictures take. CPU is user and system time, so other load on the machine matters little;
 * each figure is the median of several rounds, taken in turns.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { largestFixtures, makeLargest } from '../test/support/largest-pictures.ts';
import { measureStep } from '../test/support/measure-step.ts';
import type { Task } from '../workers/kind.ts';
import { configureSharp } from '../workers/media/configure-sharp.ts';
import { type ResizeParams, resizeParams } from '../workers/resize/contract.ts';
import { process as resize } from '../workers/resize/process.ts';
import type { Bench } from './bench.ts';
import { naturalPicture, photoSize } from './natural-picture.ts';

const widths = [1600, 1200, 800, 400, 100] as const;
const renditions = Object.fromEntries(widths.map((width) => [`w${width}`, { width }]));
const rounds = 5;

export const bench: Bench = async (print) => {
  configureSharp(1);
  const folder = await mkdtemp(join(tmpdir(), 'farm-bench-'));
  try {
    const sources = await makeSources(folder);
    const { width, height } = photoSize;
    print(`${width}×${height}, five WebP renditions (${widths.join(', ')} px), CPU seconds, median of ${rounds}.`);
    print(
      'ratio: one step with five renditions over five steps. "if decoding were free": what is left when the one step only',
    );
    print(
      'encodes, which every run must; no sharing of decodes can come below it. "decoding": the ratio without the encoding.',
    );
    for (const [name, path] of Object.entries(sources)) print(await compareDecodes(name, path, folder));
    print('the same as programs of their own, start included: npm run step once with five renditions, or five times');
    for (const [name, path] of Object.entries(sources)) print(await comparePrograms(name, path));
    print('one rendition, 1200 px WebP: resize against the sharp calls it stands for');
    for (const [name, path] of Object.entries(sources)) print(await compareOverhead(name, path, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await measureMemory(print);
};

async function makeSources(folder: string): Promise<Readonly<Record<string, string>>> {
  const picture = await naturalPicture();
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
  const sized = await Promise.all(
    widths.map((width) => sharp(path).resize({ width }).raw().toBuffer({ resolveWithObject: true })),
  );
  const [together = 0, apart = 0, bare = 0, encoding = 0] = await measure([
    () => run(path, folder, { format: 'webp', renditions }),
    async () => {
      for (const width of widths) await run(path, folder, { format: 'webp', width });
    },
    async () => {
      for (const width of widths) await sharp(path).autoOrient().resize({ width }).webp({ quality: 80 }).toBuffer();
    },
    async () => {
      for (const { data, info } of sized) await sharp(data, { raw: info }).webp({ quality: 80 }).toBuffer();
    },
  ]);
  const seconds = `one step ${together.toFixed(2)}   five steps ${apart.toFixed(2)}   five bare sharp calls ${bare.toFixed(2)}`;
  const ratio = `ratio ${(together / apart).toFixed(2)} (if decoding were free ${(encoding / apart).toFixed(2)})`;
  const decoding = ((together - encoding) / (apart - encoding)).toFixed(2);
  return `  ${name.padEnd(18)} ${seconds}   encoding alone ${encoding.toFixed(2)}   ${ratio}   decoding ${decoding}`;
}

async function comparePrograms(name: string, path: string): Promise<string> {
  const { cpuSeconds: together } = await measureStep('resize', path, { format: 'webp', renditions });
  let apart = 0;
  for (const width of widths) apart += (await measureStep('resize', path, { format: 'webp', width })).cpuSeconds;
  const ratio = (together / apart).toFixed(2);
  return `  ${name.padEnd(18)} once ${together.toFixed(2)}   five times ${apart.toFixed(2)}   ratio ${ratio}`;
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

async function measureMemory(print: (line: string) => void): Promise<void> {
  print('largest resident memory of a process that runs one step, Node included, with the settings of the container');
  const made = await makeLargest();
  try {
    for (const { name, path, params } of [...(await largestFixtures()), ...made.pictures]) {
      const { peakBytes } = await measureStep('resize', path, params);
      print(`  ${name.padEnd(48)} ${JSON.stringify(params).padEnd(44)} ${Math.round(peakBytes / 1e6)} MB`);
    }
  } finally {
    await made.remove();
  }
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
