/** HLS and DASH, checked by an independent parser and by playing the segments with ffmpeg. Needs ffmpeg; no server. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import HLS from 'hls-parser';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import type { Output } from '../../workers/kind.ts';
import { transcodeParams } from '../../workers/transcode/contract.ts';
import { process as transcode } from '../../workers/transcode/process.ts';
import { makeTask } from '../support/make-task.ts';
import { frameTimes, probe, quickVideo, renderClip, testSources } from '../support/render-clip.ts';

async function run(params: object, ...source: string[]) {
  const input = await renderClip('in.mp4', ...source, ...quickVideo);
  const task = await makeTask({
    params: transcodeParams.parse(params),
    files: [{ path: input, name: 'clip.mp4' }],
    name: 'film',
  });
  const returned = await transcode(task);
  const all = new Map<string, Output>([...task.emitted, ...returned].map((output) => [output.name, output]));
  return { task, returned, all, input, root: join(task.scratch, 'ladder') };
}

const quick = { speed: 'fastest', keyframeSeconds: 1 };

it('makes an HLS ladder whose playlist tells the truth', async () => {
  const { all, task, returned, root, input } = await run({ preset: 'hls', video: quick }, ...testSources(3, '640x360'));
  const master = HLS.parse(await readFile(all.get('film.m3u8')?.path ?? '', 'utf8')) as HLS.types.MasterPlaylist;
  const variants = master.variants.filter(({ isIFrameOnly }) => !isIFrameOnly);
  expect(variants.map(({ resolution }) => resolution)).toEqual([
    { width: 640, height: 360 },
    { width: 426, height: 240 },
  ]);
  for (const variant of variants) {
    const media = HLS.parse(await readFile(join(root, variant.uri), 'utf8')) as HLS.types.MediaPlaylist;
    const folder = variant.uri.split('/')[0];
    expect(media.segments.map(({ uri }) => `${folder}/${uri}`).every((name) => all.has(name))).toBe(true);
    expect(media.segments.map(({ duration }) => Math.round(duration * 100) / 100)).toEqual([1, 1, 1]);
    const seen = await probe(join(root, variant.uri));
    expect(seen.video).toMatchObject({ width: variant.resolution?.width, height: variant.resolution?.height });
    expect(variant.codecs).toMatch(/^avc1\.[0-9a-f]{6},mp4a\.40\.2$/);
    expect(variant.frameRate).toBe(25);
    expect(variant.averageBandwidth).toBeLessThanOrEqual(variant.bandwidth);
    expect(await frameTimes(join(root, variant.uri))).toHaveLength((await frameTimes(input)).length);
  }
  const emitted = task.emitted.map(({ name }) => name);
  expect(emitted).toContain('360p/seg_00001.m4s');
  expect(returned.some(({ name }) => emitted.includes(name))).toBe(false);
});

it('cuts every rung at the same times', async () => {
  const { root } = await run({ preset: 'hls', video: { ...quick, fps: 24 } }, ...testSources(3, '640x360', 30));
  const starts = ['360p', '240p'].map((rung) => keyframeTimes(join(root, rung, 'playlist.m3u8')));
  expect(starts[0]).toEqual(starts[1]);
  expect(starts[0]).toHaveLength(3);
});

it.each(['fmp4', 'ts'])('keeps the times of a variable frame rate (%s)', async (segments) => {
  // Thirty frames in the first second, then six.
  const sparse = ['-vf', "select='lt(t,1)+not(mod(n,5))'", '-fps_mode', 'vfr', '-video_track_timescale', '1000'];
  const video = { keyframeSeconds: 1 };
  const { root, input, all } = await run(
    { preset: 'hls', segments, video },
    ...testSources(4, '320x180', 30),
    ...sparse,
  );
  const playlist = join(root, '180p/playlist.m3u8');
  const rounded = (times: number[]) => times.map((time) => Math.round((time - (times[0] ?? 0)) * 50));
  expect(rounded(await frameTimes(playlist))).toEqual(rounded(await frameTimes(input)));
  const media = HLS.parse(await readFile(all.get('180p/playlist.m3u8')?.path ?? '', 'utf8')) as HLS.types.MediaPlaylist;
  const [one, two, three, four] = media.segments.map(({ duration }) => duration);
  expect([one, two, three].map((seconds) => Math.round((seconds ?? 0) * 10))).toEqual([10, 10, 10]);
  expect(four).toBeGreaterThan(0.6);
});

it('starts sound and picture together', async () => {
  const flash = "color=black:s=320x240:r=50:d=2,geq=lum='if(gte(T,1),235,16)':cb=128:cr=128";
  const beep = "aevalsrc='if(gte(t,1),sin(2*PI*1000*t),0)':d=2:s=48000";
  const { all, root } = await run(
    { preset: 'hls', video: quick },
    '-f',
    'lavfi',
    '-i',
    flash,
    '-f',
    'lavfi',
    '-i',
    beep,
  );
  const picture = await joined(root, '240p');
  expect(detect(picture, ['-vf', 'blackdetect=d=0.1'], /black_end:([\d.]+)/)).toBeCloseTo(1, 2);
  // Players skip the encoder's priming as the edit list says; ffmpeg 5 plays it in a fragmented file, newer ones when told to.
  const init = await readFile(join(root, 'audio/init.mp4'));
  const priming = init.readInt32BE(init.indexOf('elst') + 16) / 48_000;
  const heard = detect(await joined(root, 'audio'), ['-af', 'silencedetect=n=-40dB:d=0.1'], /silence_end: ([\d.]+)/, [
    '-ignore_editlist',
    '1',
  ]);
  expect(heard - priming).toBeCloseTo(1, 2);
  expect(all.has('audio/init.mp4')).toBe(true);
});

it('shares the segments between HLS and DASH', async () => {
  const { all, root } = await run({ preset: 'streaming', video: quick }, ...testSources(3, '320x240'));
  expect([...all.keys()].filter((name) => !name.includes('/'))).toEqual(['film.m3u8', 'film.mpd']);
  const mpd = await readFile(all.get('film.mpd')?.path ?? '', 'utf8');
  expect(mpd).toContain('initialization="240p/init.mp4"');
  expect(mpd.split('contentType="audio"')[0]?.match(/<S /g)).toHaveLength(3);
  const seen = await probe(join(root, 'film.mpd'));
  expect(seen.streams.map((stream) => stream.codec_name).sort()).toEqual(['aac', 'h264']);
  expect(seen.seconds).toBeCloseTo(3, 0);
});

it('makes poster, sprite and I-frame playlists from the same decode', async () => {
  const wish = { preset: 'hls', ladder: ['240p'], poster: true, sprite: true, video: quick };
  const { all, root } = await run(wish, ...testSources(2, '640x360'));
  expect(all.get('poster.jpg')?.facts).toMatchObject({ width: 640, height: 360 });
  const cues = (await readFile(all.get('sprite.vtt')?.path ?? '', 'utf8')).match(/#xywh=/g) ?? [];
  const sheet = (await probe(all.get('sprite.jpg')?.path ?? '')).video;
  expect((sheet?.width ?? 0) * (sheet?.height ?? 0)).toBeGreaterThanOrEqual(cues.length * 160 * 90);
  const playlist = HLS.parse(await readFile(join(root, '240p/iframes.m3u8'), 'utf8')) as HLS.types.MediaPlaylist;
  expect(playlist.isIFrame).toBe(true);
  const first = playlist.segments[0];
  const bytes = (await readFile(join(root, '240p', first?.uri ?? ''))).subarray(0, first?.byterange.length);
  const alone = join(root, 'alone.mp4');
  await writeFile(alone, Buffer.concat([await readFile(join(root, '240p/init.mp4')), bytes]));
  expect(
    execFileSync('ffmpeg', ['-v', 'quiet', '-i', alone, '-frames:v', '1', '-f', 'framecrc', '-'], { encoding: 'utf8' }),
  ).toMatch(/^0,/m);
});

it.each([
  ['a black beginning', ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=10:d=8,fade=in:st=6:d=1'], 60],
  ['a single frame', ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=0.04'], 60],
  ['nothing but black', ['-f', 'lavfi', '-i', 'color=black:s=320x180:r=10:d=2'], 0],
])('has a poster of %s', async (_, source, least) => {
  const { all } = await run({ preset: 'hls', video: quick, poster: true }, ...source);
  const { channels } = await sharp(all.get('poster.jpg')?.path).greyscale().stats();
  expect(channels[0]?.mean).toBeGreaterThanOrEqual(least);
});

it('offers every language as a track', async () => {
  const tones = [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=320x240:d=1',
    '-f',
    'lavfi',
    '-i',
    'sine=f=300:d=1',
    '-f',
    'lavfi',
    '-i',
    'sine=f=600:d=1',
  ];
  const tags = [
    '-map',
    '0',
    '-map',
    '1',
    '-map',
    '2',
    '-metadata:s:a:0',
    'language=eng',
    '-metadata:s:a:1',
    'language=fra',
  ];
  const { all } = await run({ preset: 'streaming', video: quick, audio: { tracks: 'all' } }, ...tones, ...tags);
  const master = HLS.parse(await readFile(all.get('film.m3u8')?.path ?? '', 'utf8')) as HLS.types.MasterPlaylist;
  expect(master.variants[0]?.audio.map(({ language, isDefault }) => [language, isDefault])).toEqual([
    ['en', true],
    ['fr', false],
  ]);
  expect(await readFile(all.get('film.mpd')?.path ?? '', 'utf8')).toContain('lang="fr"');
});

it('makes a stream of sound alone', async () => {
  const input = await renderClip('in.wav', '-f', 'lavfi', '-i', 'sine=d=2');
  const task = await makeTask({
    params: transcodeParams.parse({ preset: 'hls' }),
    files: [{ path: input, name: 'a.wav' }],
    name: 'film',
  });
  const returned = await transcode(task);
  expect(returned.map(({ name }) => name)).toEqual(['film.m3u8', 'audio/playlist.m3u8']);
});

it.each([{}, { segments: 'ts' }])('says that nothing came where the picture has ended, with %j', async (params) => {
  const short = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:d=1', '-f', 'lavfi', '-i', 'sine=d=3'];
  const making = run({ preset: 'hls', video: quick, clip: { start: 2 }, ...params }, ...short);
  await expect(making).rejects.toThrow('Nothing in "clip.mp4" could be decoded');
});

function keyframeTimes(path: string): string[] {
  const args = [
    '-v',
    'error',
    '-skip_frame',
    'nokey',
    '-select_streams',
    'v:0',
    '-show_entries',
    'frame=best_effort_timestamp_time',
  ];
  const lines = execFileSync('ffprobe', [...args, '-of', 'csv=p=0', path], { encoding: 'utf8' }).split('\n');
  return lines
    .map(Number.parseFloat)
    .filter(Number.isFinite)
    .map((time) => time.toFixed(3));
}

/** A rendition as one fragmented file. */
async function joined(root: string, folder: string): Promise<string> {
  const names = ['init.mp4', 'seg_00001.m4s', 'seg_00002.m4s'];
  const path = join(root, folder, 'joined.mp4');
  await writeFile(path, Buffer.concat(await Promise.all(names.map((name) => readFile(join(root, folder, name))))));
  return path;
}

function detect(path: string, filter: readonly string[], pattern: RegExp, input: readonly string[] = []): number {
  const args = ['-v', 'info', '-nostdin', ...input, '-i', path, ...filter, '-f', 'null', '-'];
  const { stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8' });
  return Number(pattern.exec(stderr)?.[1]);
}
