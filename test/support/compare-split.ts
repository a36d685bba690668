/** One video made in pieces, and the same video made whole. No server and no worker: the pieces are made one after another. Needs ffmpeg. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { InputFile, Output } from '../../workers/kind.ts';
import { transcodeParams } from '../../workers/transcode/contract.ts';
import { process as transcode } from '../../workers/transcode/process.ts';
import { splitter } from '../../workers/transcode/split/splitter.ts';
import { runSplit, type SplitRun } from './run-split.ts';

/** Without loss, so that frames can be compared by their samples. */
export const lossless = { speed: 'fastest', crf: 0 };
const gop = ['-g', '20', '-bf', '3', '-b_strategy', '2', '-x264-params', 'open-gop=1'];
/** A source that is hard to cut: open GOPs and B-frames that lean on each other. */
export const openGops = ['-c:v', 'libx264', '-preset', 'veryfast', '-threads', '1', '-pix_fmt', 'yuv420p', ...gop];

/** Gone after the test. */
export async function home(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'farm-split-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function inputOf(path: string): Promise<InputFile> {
  const mediaType = extname(path) === '.png' ? 'image/png' : 'video/mp4';
  return { path, bytes: (await stat(path)).size, mediaType, name: basename(path), reference: 'input' };
}

export const parse = (params: object) => transcodeParams.parse({ split: 'always', chunkSeconds: 10, ...params });

/** null when it was not cut. */
export async function inPieces(paths: string | readonly string[], params: object): Promise<SplitRun | null> {
  const inputs = await Promise.all([paths].flat().map(inputOf));
  return await runSplit(splitter, { params: parse(params), inputs, home: await home(), name: 'film' });
}

export async function whole(paths: string | readonly string[], params: object) {
  const scratch = await home();
  const inputs = await Promise.all([paths].flat().map(inputOf));
  const said = { emitted: [] as Output[], renditions: [] as string[] };
  const outputs = await transcode({
    ...{ params: parse(params), inputs, scratch, name: 'film' },
    signal: new AbortController().signal,
    progress: () => {},
    emit: async (output) => void said.emitted.push(output),
    ready: async (rendition) => void said.renditions.push(rendition),
  });
  return { outputs, ...said };
}

const text = (command: string, ...args: string[]) =>
  execFileSync(command, ['-v', 'error', ...args], { encoding: 'utf8', maxBuffer: 256 * 1024 ** 2 });

/** A line for every decoded frame: its time and a hash of its samples. */
export function frames(path: string): readonly string[] {
  const decode = ['-copyts', '-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough', '-enc_time_base', '-1'];
  return text('ffmpeg', ...decode, '-f', 'framemd5', '-')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').map((field) => field.trim()))
    .map(([, , time, , , hash]) => `${time} ${hash}`);
}

/** Time, length and content of every packet. */
export const soundPackets = (path: string) =>
  text(
    ...(['ffprobe', '-select_streams', 'a', '-show_data_hash', 'md5'] as const),
    ...['-show_entries', 'packet=pts,duration,data_hash', '-of', 'csv=p=0', path],
  );

/** Hashes of the decoded sound of every track: what is cut off at its end is no part of a packet. */
export const samples = (path: string) =>
  probed(path, 'stream=index').length === 0
    ? []
    : text('ffmpeg', '-i', path, '-map', '0:a', '-f', 'streamhash', '-hash', 'md5', '-').split('\n');

const probed = (path: string, entries: string) =>
  text('ffprobe', '-select_streams', 'a', '-show_entries', entries, '-of', 'csv=p=0', path).trim();

/** Time, length and content of every cue. */
export const cues = (path: string) =>
  text(
    ...(['ffprobe', '-select_streams', 's', '-show_data_hash', 'md5'] as const),
    ...['-show_entries', 'packet=stream_index,pts,duration,data_hash:stream_tags=language', '-of', 'csv=p=0', path],
  );

/** What is told of the outputs, but for the number of parts and what encoding anew at a cut costs. */
export const about = (outputs: readonly Output[]) =>
  outputs.map(({ name, mediaType, facts }) => ({
    name,
    mediaType,
    facts: { ...facts, split: undefined, bitrate: undefined },
  }));

/** Frames, times, sound and facts of a file made in pieces are those of a whole run. @returns both. */
export async function sameAsWhole(paths: string | readonly string[], params: object) {
  const [pieces, one] = [await inPieces(paths, params), await whole(paths, params)];
  if (pieces === null) throw new Error('it was not cut');
  expect(about(pieces.outputs)).toEqual(about(one.outputs));
  const [made, wanted] = [pieces.outputs[0]?.path ?? '', one.outputs[0]?.path ?? ''];
  expect(frames(made)).toEqual(frames(wanted));
  expect(soundPackets(made)).toBe(soundPackets(wanted));
  expect(samples(made)).toEqual(samples(wanted));
  expect(pieces.outputs[0]?.facts).toMatchObject({ split: { parts: pieces.plan.parts.length } });
  return { pieces, one };
}
