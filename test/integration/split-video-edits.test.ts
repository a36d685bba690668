/** Edits of one video made in pieces: what is cut, laid over, drawn in and moved is where a whole run has it. Needs ffmpeg. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Output } from '../../workers/kind.ts';
import { splitter } from '../../workers/transcode/split/splitter.ts';
import {
  cues,
  frames,
  home,
  inPieces,
  lossless,
  openGops,
  parse,
  sameAsWhole,
  soundPackets,
  whole,
} from '../support/compare-split.ts';
import { probe, renderClip, testSources } from '../support/render-clip.ts';

const render = (name: string, ...options: string[]) =>
  renderClip(name, ...testSources(33, '160x96', 10), ...options, ...openGops, '-c:a', 'aac', '-shortest');
const red = () => renderClip('mark.png', '-f', 'lavfi', '-i', 'color=red@0.7:s=60x30,format=rgba', '-frames:v', '1');

describe('a clip', () => {
  it.each<[string, object]>([
    ['in.mp4', { clip: { start: 3.33, end: 31.337 } }],
    ['in.mkv', { clip: { start: 5.01 } }],
    ['in.mp4', { clip: { end: 29.5 }, container: 'mkv' }],
    ['in.ts', { clip: { start: 11.01, end: 32 } }],
    ['in.mp4', { clip: { start: 5.53, end: 32 }, video: { ...lossless, fps: 15 }, audio: { codec: 'flac' } }],
    ['in.ts', { clip: { start: 11.34 }, video: { ...lossless, deinterlace: 'always' }, fade: { in: 11, out: 11 } }],
  ])('of %s has the frames and the sound of a whole run: %j', async (file, params) => {
    const { pieces } = await sameAsWhole(await render(file), { video: lossless, ...params });
    expect(pieces.plan.parts.length).toBeGreaterThanOrEqual(3);
  });

  it('keeps the chapters that lie in it', async () => {
    const list = await renderClip('chapters.txt', '-f', 'lavfi', '-i', 'anullsrc=d=1', '-f', 'ffmetadata');
    const chapter = (from: number, to: number) =>
      `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${from}\nEND=${to}\ntitle=from ${from}\n`;
    await writeFile(
      list,
      [';FFMETADATA1\n', chapter(0, 4000), chapter(4000, 20_000), chapter(20_000, 33_000)].join(''),
    );
    const input = await renderClip(
      'in.mp4',
      '-i',
      await render('film.mp4'),
      '-i',
      list,
      '-map_chapters',
      '1',
      '-c',
      'copy',
    );
    const { pieces, one } = await sameAsWhole(input, { clip: { start: 5, end: 31 }, video: lossless });
    const [made, wanted] = await Promise.all([pieces, one].map(({ outputs }) => chaptersOf(outputs[0]?.path ?? '')));
    expect(wanted).toContain('from 4000');
    expect(made).toBe(wanted);
  });

  it('becomes the same stream, with poster and sprite', async () => {
    const params = {
      ...{ container: 'streaming', ladder: ['240p'], poster: true, sprite: true, clip: { start: 2.22, end: 32 } },
      video: { ...lossless, keyframeSeconds: 2 },
    };
    const input = await render('in.mp4');
    const [pieces, one] = [await inPieces(input, params), await whole(input, params)];
    expect(pieces?.plan.parts).toHaveLength(3);
    const at = (outputs: readonly Output[] | undefined, name: string) =>
      outputs?.find((output) => output.name === name)?.path ?? '';
    for (const name of ['sprite.jpg', 'sprite.vtt', 'poster.jpg', '96p/playlist.m3u8', 'audio/playlist.m3u8'])
      expect(await readFile(at(pieces?.outputs, name)), name).toEqual(await readFile(at(one.outputs, name)));
    expect(frames(at(pieces?.outputs, '96p/playlist.m3u8'))).toEqual(frames(at(one.outputs, '96p/playlist.m3u8')));
    const sound = (outputs: readonly Output[] | undefined) => soundPackets(at(outputs, 'audio/playlist.m3u8'));
    expect(sound(pieces?.outputs)).toBe(sound(one.outputs));
  });
});

const chaptersOf = async (path: string) =>
  await readFile(await renderClip('said.txt', '-i', path, '-f', 'ffmetadata'), 'utf8');

it.each<[string, object]>([
  ['in.mp4', { watermark: { start: 9.5, end: 21.3, opacity: 1 } }],
  ['in.ts', { watermark: { position: 'top-left' }, clip: { start: 11.2 }, chunkSeconds: 10 }],
])('lays a picture over the same frames of %s: %j', async (file, params) => {
  const inputs = [await render(file), await red()];
  await sameAsWhole(inputs, { video: lossless, ...params });
});

const words = [
  ['00:00:08,500', '00:00:12,700', 'Across the seam'],
  ['00:00:18,000', '00:00:22,500', 'A line'],
  ['00:00:20,200', '00:00:26,000', 'another that is pushed up by it, and stays there'],
  ['00:00:29,000', '00:00:31,500', 'The last'],
];

async function subtitled(name: string, codec: string): Promise<string> {
  const film = await render('film.mp4');
  const list = join(dirname(film), 'words.srt');
  await writeFile(
    list,
    words.map(([from, to, said], index) => `${index + 1}\n${from} --> ${to}\n${said}\n`).join('\n'),
  );
  const tracks = ['-map', '0', '-map', '1', '-c', 'copy', '-c:s', codec, '-metadata:s:s:0', 'language=eng'];
  return await renderClip(name, '-i', film, '-i', list, ...tracks);
}

it.each<[string, string, object]>([
  ['in.mkv', 'srt', {}],
  ['in.mp4', 'mov_text', { clip: { start: 9.1 }, container: 'mkv' }],
])('draws the same words into the frames of %s (%s)', async (file, codec, params) => {
  const input = await subtitled(file, codec);
  const asked = { video: lossless, subtitles: { burn: 'eng' }, ...params };
  const { pieces } = await sameAsWhole(input, asked);
  const plain = await whole(input, { ...asked, subtitles: {} });
  expect(frames(pieces.outputs[0]?.path ?? '')).not.toEqual(frames(plain.outputs[0]?.path ?? ''));
  const cuts = (pieces.plan.facts.stretches as { firstSeconds: number }[]).map(({ firstSeconds }) => firstSeconds);
  expect(cuts.filter((at) => at > 19.7 && at < 26.5)).toEqual([]);
});

it.each<[string, string, object]>([
  ['in.mkv', 'srt', { clip: { start: 9.1, end: 32 }, container: 'mkv', audio: false }],
  ['in.mp4', 'mov_text', { clip: { start: 2.2 }, speed: 0.8 }],
])('keeps the words inside, and beside, of %s (%s) with the same pictures', async (file, codec, params) => {
  const input = await subtitled(file, codec);
  const asked = { video: lossless, subtitles: { embed: true, sidecar: true }, ...params };
  const [pieces, one] = [await inPieces(input, asked), await whole(input, asked)];
  const [film, beside] = one.outputs.map(({ path }) => path);
  expect(cues(film ?? '').match(/eng/g)).toHaveLength(1);
  expect(cues(pieces?.outputs[0]?.path ?? '')).toBe(cues(film ?? ''));
  expect(await readFile(pieces?.outputs[1]?.path ?? '', 'utf8')).toBe(await readFile(beside ?? '', 'utf8'));
});

it('counts the pictures of VP8, which hides some in packets of their own', async () => {
  const [bare, log] = [testSources(33, '160x96', 10), join(await home(), 'passes')];
  const pass = (number: number) => ['-pass', String(number), '-passlogfile', log];
  const vp8 = ['-c:v', 'libvpx', '-b:v', '200k', '-cpu-used', '5', '-auto-alt-ref', '1', '-lag-in-frames', '16'];
  await renderClip('none', ...bare, ...vp8, ...pass(1), '-an', '-f', 'null');
  const input = await renderClip('in.webm', ...bare, ...vp8, '-g', '50', ...pass(2), '-c:a', 'libopus', '-shortest');
  expect((await probe(input)).video?.nb_read_packets).not.toBe(String(frames(input).length));
  const { pieces } = await sameAsWhole(input, { video: lossless });
  expect(pieces.plan.parts.length).toBeGreaterThanOrEqual(3);
});

it.each<[string, object]>([
  ['in.mp4', { speed: 1.3, fade: { in: 7, out: 7 } }],
  ['in.ts', { speed: 1.5, clip: { start: 1.07 } }],
  ['in.mp4', { speed: 0.7, clip: { start: 3.3, end: 31.1 }, video: { ...lossless, fps: 12.5 } }],
])('shows %s at another speed as a whole run does: %j', async (file, params) => {
  const input = await render(file);
  const asked = { video: lossless, ...params };
  const [pieces, one] = [await inPieces(input, asked), await whole(input, asked)];
  const [made, wanted] = [pieces?.outputs[0]?.path ?? '', one.outputs[0]?.path ?? ''];
  expect(frames(made)).toEqual(frames(wanted));
  expect(soundPackets(made)).toBe(soundPackets(wanted));
});

it('meets a mean bitrate as nearly as a whole run does', async () => {
  const noise = ['-vf', 'noise=alls=20:allf=t'];
  const input = await renderClip('in.mp4', ...testSources(33, '320x180', 15), ...noise, ...openGops);
  const asked = { audio: false, video: { speed: 'fast', bitrate: 250_000, maxBitrate: 400_000 } };
  const [pieces, one] = [await inPieces(input, asked), await whole(input, asked)];
  expect(pieces?.plan.parts).toHaveLength(3);
  const share = async (output: Output | undefined) => {
    const { size } = await stat(output?.path ?? '');
    return (size * 8) / (Number(output?.facts?.durationMs) / 1000) / asked.video.bitrate;
  };
  for (const output of [pieces?.outputs[0], one.outputs[0]]) {
    expect(await share(output)).toBeGreaterThan(0.9);
    expect(await share(output)).toBeLessThan(1.1);
  }
});

it.each(['fmp4', 'ts'])(
  'refuses a stream whose picture is not where the plan has it beside the sound (%s)',
  async (segments) => {
    const input = await renderClip('in.mp4', ...testSources(22, '160x96', 10), ...openGops, '-c:a', 'aac');
    // The first join moved the segments of a sound of its own.
    const audio = segments === 'ts' ? {} : { audio: false };
    const params = {
      container: 'hls',
      segments,
      ladder: ['240p'],
      video: { ...lossless, keyframeSeconds: 2 },
      ...audio,
    };
    const pieces = await inPieces(input, params);
    if (pieces === null) throw new Error('it was not cut');
    const joined = async (late: number) => {
      const stretches = (pieces.plan.facts.stretches as Stretch[]).map(
        ({ frames: count, firstSeconds, lastSeconds }) => {
          return { frames: count, firstSeconds: firstSeconds + late, lastSeconds: lastSeconds + late };
        },
      );
      return await splitter.join({
        ...{
          params: parse(params),
          inputs: [],
          scratch: await home(),
          name: 'film',
          signal: new AbortController().signal,
        },
        ...{ progress: () => {}, emit: async () => {}, ready: async () => {} },
        ...{ parts: pieces.parts, facts: { ...pieces.plan.facts, stretches } },
      });
    };
    await expect(joined(0.02)).rejects.toThrow(segments === 'ts' ? 'moved apart' : 'left the clock');
  },
);

type Stretch = { readonly frames: number; readonly firstSeconds: number; readonly lastSeconds: number };
