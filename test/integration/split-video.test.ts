/** One video made in pieces against the same video made whole. Needs ffmpeg. */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import type { Output } from '../../workers/kind.ts';
import { SplitMismatch } from '../../workers/splitter.ts';
import { splitter } from '../../workers/transcode/split/splitter.ts';
import {
  about,
  frames,
  openGops as h264,
  home,
  inPieces,
  inputOf,
  lossless,
  parse,
  sameAsWhole,
  soundPackets,
  whole,
} from '../support/compare-split.ts';
import { quickVideo, renderClip, testSources } from '../support/render-clip.ts';
import { runSplit } from '../support/run-split.ts';

const seconds = 26;
const small = () => testSources(seconds, '160x96', 10);

it.each<[string, string, string[], object]>([
  ['an MP4 whose picture begins late', 'in.mp4', ['-vf', 'setpts=PTS+0.5/TB', ...h264], { audio: { tracks: 'all' } }],
  [
    'a variable frame rate',
    'in.mp4',
    ['-vf', "select='not(mod(n\\,2))+lt(mod(n\\,40)\\,12)'", '-fps_mode', 'vfr', ...h264],
    {},
  ],
  ['a transport stream', 'in.ts', h264, { container: 'mkv', audio: { codec: 'opus' } }],
  ['Matroska', 'in.mkv', h264, { container: 'mov' }],
  ['another frame rate', 'in.mp4', h264, { video: { ...lossless, fps: 15 } }],
  ['fields', 'in.mp4', [...h264, '-flags', '+ildct+ilme'], { video: { ...lossless, deinterlace: 'always' } }],
  [
    'fades and words for a while',
    'in.mp4',
    h264,
    { fade: { in: 12, out: 11 }, watermark: { text: 'seam', start: 9, end: 14 } },
  ],
])('makes the same frames, times and sound of %s', async (_, file, options, params) => {
  const input = await renderClip(file, ...small(), ...options, '-c:a', 'aac', '-shortest');
  const { pieces } = await sameAsWhole(input, { video: lossless, ...params });
  expect(pieces.plan.parts.map(({ name }) => name)).toEqual([
    'audio',
    'chunk-0001',
    'chunk-0002',
    ...(pieces.plan.parts.length === 4 ? ['chunk-0003'] : []),
  ]);
  for (const said of pieces.fractions) expect([...said].sort((a, b) => a - b)).toEqual(said);
});

it('makes the same stream of a transport stream whose picture begins late: segments, playlists, poster and sprite, the lowest rung first', async () => {
  const late = ['-vf', 'setpts=PTS+0.3/TB'];
  const input = await renderClip('in.ts', ...testSources(seconds, '320x180', 10), ...late, ...h264, '-c:a', 'aac');
  const params = {
    container: 'streaming',
    ladder: ['240p', '360p'],
    poster: true,
    sprite: true,
    video: { ...lossless, keyframeSeconds: 2 },
  };
  const [pieces, one] = [await inPieces(input, params), await whole(input, params)];
  const names = (outputs: readonly Output[]) => outputs.map(({ name }) => name).sort();
  expect(about(pieces?.outputs ?? [])).toEqual(about(one.outputs));
  expect(names(pieces?.emitted ?? [])).toEqual(names(one.emitted));
  expect(pieces?.renditions.map(({ rendition }) => rendition)).toEqual(one.renditions);
  const path = (outputs: readonly Output[] | undefined, name: string) =>
    outputs?.find((output) => output.name === name)?.path ?? '';
  for (const same of ['sprite.jpg', 'sprite.vtt', 'poster.jpg', 'audio/playlist.m3u8', '180p/playlist.m3u8'])
    expect(await readFile(path(pieces?.outputs, same)), same).toEqual(await readFile(path(one.outputs, same)));
  const clocks = async (outputs: readonly Output[] | undefined) =>
    (await readFile(path(outputs, 'film.mpd'), 'utf8')).replaceAll(/bandwidth="\d+"/g, '');
  expect(await clocks(pieces?.outputs)).toBe(await clocks(one.outputs));
  const playlist = (outputs: readonly Output[] | undefined) => path(outputs, '180p/playlist.m3u8');
  expect(frames(playlist(pieces?.outputs))).toEqual(frames(playlist(one.outputs)));
  expect(soundPackets(path(pieces?.outputs, 'audio/playlist.m3u8'))).toBe(
    soundPackets(path(one.outputs, 'audio/playlist.m3u8')),
  );
});

it('looks the same at a seam as elsewhere', async () => {
  const source = [...testSources(seconds, '160x96', 25), '-vf', 'noise=alls=6:allf=t', ...h264];
  const input = await renderClip('in.mp4', ...source);
  const pieces = await inPieces(input, { video: { crf: 23 } });
  const log = execFileSync(
    'ffmpeg',
    [
      '-v',
      'error',
      '-i',
      pieces?.outputs[0]?.path ?? '',
      '-i',
      input,
      '-lavfi',
      '[0:v][1:v]psnr=stats_file=-',
      '-f',
      'null',
      '-',
    ],
    { encoding: 'utf8' },
  );
  const quality = [...log.matchAll(/psnr_y:([\d.]+)/g)].map(([, value]) => Number(value));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const stretches = pieces?.plan.facts.stretches as { frames: number }[];
  const seam = stretches[0]?.frames ?? 0;
  expect(quality.length).toBe(stretches.reduce((sum, { frames: count }) => sum + count, 0));
  expect(mean(quality.slice(seam - 5, seam + 5))).toBeGreaterThan(mean(quality) - 1);
  expect(Math.min(...quality.slice(seam - 5, seam + 5))).toBeGreaterThan(mean(quality) - 3);
});

it.each(['in.mp4', 'in.mkv'])('reads a part of %s for a part of the work', async (file) => {
  const busy = ['-vf', 'noise=alls=40:allf=t', ...quickVideo, '-g', '20', '-crf', '1', '-c:a', 'aac'];
  const input = await renderClip(file, ...testSources(50, '192x108', 20), ...busy);
  const pieces = await inPieces(input, { video: { speed: 'fastest', height: 90 } });
  const { bytes } = await inputOf(input);
  expect(pieces?.plan.parts).toHaveLength(6);
  const [, ...chunks] = pieces?.fetched ?? [];
  for (const fetched of chunks) expect(fetched).toBeLessThan(bytes / 2);
});

it.each<[object, string]>([
  [{ video: { bitrate: 200_000, passes: 2 } }, 'two passes look at the whole video'],
  [{ clip: { start: 1 } }, 'it is short, or there is no place where it can be cut exactly'],
])('says why one worker made it all: %j', async (params, reason) => {
  const input = await renderClip('in.mp4', ...testSources(3, '160x90', 10), ...quickVideo);
  expect(await inPieces(input, params)).toBeNull();
  const { outputs } = await whole(input, params);
  expect(outputs[0]?.facts).toMatchObject({ split: { parts: 1, reason } });
});

it('splits on its own only what is long, and only when others are free', async () => {
  const input = await renderClip('in.mp4', ...testSources(95, '64x36', 2), ...quickVideo, '-g', '4');
  const run = async (params: object, idle: number) =>
    runSplit(splitter, {
      params: parse(params),
      inputs: [await inputOf(input)],
      home: await home(),
      name: 'film',
      slots: { idle, total: 2 },
    });
  expect(await run({ split: 'auto' }, 1)).toBeNull();
  expect(await run({ split: 'never' }, 2)).toBeNull();
  expect(await run({ split: 'auto', clip: { end: 60 } }, 2)).toBeNull();
  expect((await run({ split: 'auto', chunkSeconds: 40 }, 2))?.plan.parts).toHaveLength(3);
});

it('refuses a piece that is not what was planned', async () => {
  const input = await renderClip('in.mp4', ...small(), ...quickVideo, '-g', '25');
  const plan = await splitter.split({ ...(await bare(input)), slots: { idle: 2, total: 2 } });
  const part = JSON.parse(JSON.stringify(plan?.parts.at(-1)));
  part.params.stretch.frames += 1;
  await expect(splitter.part({ ...(await bare(input)), part: { ...part, index: 2, of: 3 } })).rejects.toThrow(
    SplitMismatch,
  );
  await expect(splitter.join({ ...(await bare(input)), parts: [], facts: plan?.facts ?? {} })).rejects.toThrow(
    SplitMismatch,
  );
});

it('opens the input as the container it was taken for, and nothing else', async () => {
  const input = await renderClip('in.mp4', ...small(), ...quickVideo, '-g', '25');
  const plan = await splitter.split({ ...(await bare(input)), slots: { idle: 2, total: 2 } });
  const part = JSON.parse(JSON.stringify(plan?.parts.at(-1)));
  const trick = join(dirname(input), 'trick.mp4');
  await writeFile(trick, `ffconcat version 1.0\nfile '${input}'\n`);
  await expect(splitter.part({ ...(await bare(trick)), part: { ...part, index: 2, of: 3 } })).rejects.toMatchObject({
    cause: { message: expect.stringContaining('trick.mp4') },
  });
});

async function bare(path: string) {
  const scratch = await home();
  const silent = { progress: () => {}, emit: async () => {}, ready: async () => {} };
  return {
    params: parse({ video: lossless }),
    inputs: [await inputOf(path)],
    scratch,
    name: 'film',
    signal: new AbortController().signal,
    ...silent,
  };
}
