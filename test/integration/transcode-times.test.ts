/** Pictures come at the times they should, whatever is done to them. Needs ffmpeg. */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import type { Output } from '../../workers/kind.ts';
import { readRendition } from '../../workers/transcode/read-rendition.ts';
import { openGops, whole } from '../support/compare-split.ts';
import { frameTimes, quickVideo, renderClip, testSources } from '../support/render-clip.ts';

const quick = { speed: 'fastest' };
const round = (times: readonly number[]) => times.map((at) => Math.round(at * 1000) / 1000);

async function timesOf(input: string, params: object, name = 'film.mp4'): Promise<readonly number[]> {
  const { outputs } = await whole(input, { split: 'never', audio: false, ...params });
  return round(await frameTimes(outputs.find((output) => output.name === name)?.path ?? ''));
}

it('makes the frame rate that is asked for at another speed', async () => {
  const input = await renderClip('in.mp4', ...testSources(4, '160x90', 25), ...quickVideo);
  const times = await timesOf(input, { speed: 2, video: { ...quick, fps: 25 } });
  expect(times).toEqual(round(Array.from({ length: 50 }, (_, index) => index / 25)));
});

it.each<[object, number]>([
  [{ speed: 2 }, 50],
  [{ speed: 0.8 }, 20],
  [{ video: { ...quick, fps: 50 } }, 50],
])('is not bound to the frames AVI counts: %j', async (params, rate) => {
  const input = await renderClip('in.avi', ...testSources(3, '160x90', 25), '-c:v', 'mpeg4', '-an');
  const times = await timesOf(input, { video: quick, ...params });
  expect(times.slice(0, 40)).toEqual(round(Array.from({ length: 40 }, (_, index) => index / rate)));
});

it('keeps times that are off the grid of the frame rate beside a watermark', async () => {
  const late = [
    '-vf',
    "settb=1/1000,setpts='PTS+if(eq(mod(N\\,3)\\,1)\\,13\\,0)'",
    '-fps_mode',
    'vfr',
    '-enc_time_base',
    '1:1000',
  ];
  const input = await renderClip('in.mp4', ...testSources(3, '160x90', 25), ...late, ...quickVideo);
  const times = await timesOf(input, { watermark: { text: 'mine' }, video: quick });
  expect(times).toEqual(round(await frameTimes(input)));
  expect(times.slice(0, 4)).toEqual([0, 0.053, 0.08, 0.12]);
});

/** Nothing from 2.4 to 4 s, and a keyframe of the stream at 4 s. */
const gap = ['-vf', "select='not(between(n\\,60\\,99))'", '-fps_mode', 'vfr'];

it.each<[string, object, (at: number) => number]>([
  ['after a gap', {}, (at) => at],
  ['at another speed', { speed: 0.5 }, (at) => at * 2],
])('begins every segment with a picture in its place: %s', async (_, params, moved) => {
  const input = await renderClip('in.mp4', ...testSources(8, '160x90', 25), ...gap, ...openGops);
  const stream = { container: 'hls', ladder: ['240p'], video: { speed: 'fast', keyframeSeconds: 2 } };
  // ffprobe counts the delay of B-frames, which players take off by the first segment's clock.
  const said = await timesOf(input, { ...stream, ...params }, '90p/playlist.m3u8');
  const times = round(said.map((at) => at - (said[0] ?? 0)));
  expect(times).toEqual(round((await frameTimes(input)).map(moved)));
});

it.each<[string, string[], number]>([
  ['the picture', ['-vf', 'setpts=PTS+1.2/TB', '-fps_mode', 'passthrough'], 1.2],
  ['the sound', ['-af', 'asetpts=PTS+1.5/TB'], 0],
])('keeps picture and sound of a stream apart where %s begins late', async (_, late, begins) => {
  const input = await renderClip('in.mp4', ...testSources(4, '160x90', 25), ...late, ...openGops, '-c:a', 'aac');
  const video = { speed: 'fast', keyframeSeconds: 2 };
  const { outputs } = await whole(input, { split: 'never', container: 'hls', ladder: ['240p'], video });
  expect(await firstTime(outputs, '90p')).toBeCloseTo(begins, 2);
  expect(await firstTime(outputs, 'audio')).toBe(0);
  const loud = await loudFrom(outputs.find(({ name }) => name === 'audio/playlist.m3u8')?.path ?? '');
  expect(loud).toBeCloseTo(begins === 0 ? 1.5 : 0, 1);
});

/** When the silence at the beginning of a track ends. */
async function loudFrom(path: string): Promise<number> {
  const samples = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-ac', '1', '-ar', '8000', '-f', 's16le', '-']);
  const values = new Int16Array(samples.buffer, samples.byteOffset, samples.length / 2);
  return values.findIndex((value) => Math.abs(value) > 1000) / 8000;
}

/** The decode time of a rendition's first segment, by its own clock: what a player goes by. */
async function firstTime(outputs: readonly Output[], folder: string): Promise<number> {
  const path = outputs.find(({ name }) => name === `${folder}/playlist.m3u8`)?.path ?? '';
  const { segments, timescale } = await readRendition(
    dirname(dirname(path)),
    folder,
    folder === 'audio' ? 'sound' : 'picture',
  );
  return (segments[0]?.time ?? Number.NaN) / timescale;
}
