/** Files that end before the length they declare: who sent one is told where it ends, whatever kind reads it. Needs ffmpeg; no server. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { quickVideo, renderClip, testSources } from '../support/render-clip.ts';
import { runKind } from '../support/run-kind.ts';

const noise = ['-f', 'lavfi', '-i', 'anoisesrc=d=6:a=0.3'];
const film = testSources(6, '160x90');
const mpeg4 = ['-c:v', 'mpeg4', '-q:v', '5'];

/** The first third of a file's bytes, an odd number of them: never whole packets of 188. */
async function cut(path: string, name: string) {
  const bytes = await readFile(path);
  return { bytes: bytes.subarray(0, (bytes.length / 3 + 100) | 1), name };
}

const cutAt = /^"cut" ends after [12]\.\d s of 6\.\d s: it was cut off\. Send the whole file\.$/;
const cutInside = (unit: string) =>
  new RegExp(`^"cut" ends after [12]\\.\\d s, inside a ${unit}: it was cut off\\. Send the whole file\\.$`);
const message = (publicMessage: RegExp) => ({
  code: 'input_invalid',
  publicMessage: expect.stringMatching(publicMessage),
});

describe('transcode', () => {
  it.each([
    ['wav', noise],
    ['wav', [...noise, '-rf64', 'always']],
    ['w64', noise],
    ['aiff', noise],
    ['au', noise],
    ['caf', noise],
    ['flac', noise],
    ['wv', noise],
    ['tta', noise],
    ['mp3', noise],
    ['mkv', [...film, ...quickVideo]],
    ['avi', [...film, ...mpeg4]],
    ['flv', [...film, ...quickVideo]],
    ['wmv', [...film, ...mpeg4]],
    ['mxf', [...film, '-c:v', 'mpeg2video', '-ar', '48000']],
  ])('says where a %s ends, and takes a whole one', async (extension, source) => {
    const whole = await renderClip(`whole.${extension}`, ...source);
    const wish = { preset: source[3] === noise[3] ? 'wav' : 'mp4-360p' };
    expect((await runKind('transcode', wish, whole)).output.facts?.durationMs).toBeGreaterThan(5900);
    await expect(runKind('transcode', wish, await cut(whole, 'cut'))).rejects.toMatchObject(message(cutAt));
  });

  it.each([
    ['packet', 'ts', [...film, ...quickVideo]],
    ['packet', 'm2ts', [...film, ...quickVideo]],
    ['packet', 'mpg', [...film, '-c:v', 'mpeg1video']],
    ['packet', 'vob', [...film, '-c:v', 'mpeg2video']],
    ['page', 'ogg', noise],
    ['page', 'opus', noise],
    ['frame', 'aac', noise],
    ['frame', 'ac3', [...noise, '-ar', '44100']],
    ['frame', 'eac3', noise],
    ['fragment', 'mp4', [...film, ...quickVideo, '-g', '25', '-movflags', '+frag_keyframe+empty_moov']],
  ])('says that what tells no length ends inside a %s (%s), and takes a whole one', async (unit, extension, source) => {
    const whole = await renderClip(`whole.${extension}`, ...source);
    const wish = { preset: source[3] === noise[3] ? 'wav' : 'mp4-360p' };
    expect((await runKind('transcode', wish, whole)).output.facts?.durationMs).toBeGreaterThan(5900);
    const half = await cut(whole, 'cut');
    await expect(runKind('transcode', wish, half)).rejects.toMatchObject(message(cutInside(unit)));
    const { output } = await runKind('transcode', { ...wish, clip: { end: 1 } }, half);
    expect(output.facts?.durationMs).toBeCloseTo(1000, -2);
  });

  it('takes a recording that was switched on and off inside a packet', async () => {
    const bytes = await readFile(await renderClip('whole.ts', ...film, ...quickVideo, '-g', '25'));
    const recording = { bytes: bytes.subarray(bytes.length / 3 - 50, (bytes.length * 2) / 3 + 50), name: 'recording' };
    const { output } = await runKind('transcode', { preset: 'mp4-360p' }, recording);
    expect(output.facts?.durationMs).toBeGreaterThan(900);
  });

  it('makes no stream of the beginning of a file', async () => {
    const whole = await renderClip('whole.flac', ...noise);
    await expect(runKind('transcode', { preset: 'hls' }, await cut(whole, 'cut'))).rejects.toMatchObject(
      message(cutAt),
    );
  });

  it('misses the last second of a FLAC of two minutes', async () => {
    const whole = await renderClip('whole.flac', '-f', 'lavfi', '-i', 'anoisesrc=d=120:a=0.3');
    const bytes = await readFile(whole);
    const most = { bytes: bytes.subarray(0, bytes.length * (1 - 1 / 120)), name: 'cut' };
    await expect(runKind('transcode', { preset: 'wav' }, most)).rejects.toMatchObject(
      message(/^"cut" ends after 11[89]\.\d s of 120\.0 s: it was cut off\./),
    );
    expect((await runKind('transcode', { preset: 'mp3' }, whole)).output.facts?.durationMs).toBeGreaterThan(119_900);
  });

  it('takes a part of a cut-off file that is there', async () => {
    const whole = await renderClip('whole.flac', ...noise);
    const { output } = await runKind('transcode', { preset: 'wav', clip: { end: 1 } }, await cut(whole, 'cut'));
    expect(output.facts?.durationMs).toBe(1000);
  });

  it('believes the content where the header was written before the end was known', async () => {
    const bytes = await readFile(await renderClip('live.wav', ...noise));
    bytes.writeUInt32LE(0xffff_ffff, 4);
    bytes.writeUInt32LE(0xffff_ffff, bytes.indexOf('data') + 4);
    const { output } = await runKind('transcode', { preset: 'flac' }, { bytes, name: 'live.wav' });
    expect(output.facts?.durationMs).toBeCloseTo(6000, -2);
  });
});

describe.each([
  ['loudness', {}],
  ['waveform', {}],
  ['waveform', { format: 'png' }],
  ['waveform', { format: 'spectrogram' }],
])('%s %j', (kind, params) => {
  it.each([['flac', noise] as const, ['mp4', [...film, ...quickVideo, '-movflags', '+faststart']] as const])(
    'says where a %s ends',
    async (extension, source) => {
      const whole = await renderClip(`whole.${extension}`, ...source);
      await expect(runKind(kind, params, await cut(whole, 'cut'))).rejects.toMatchObject(message(cutAt));
    },
  );
});

describe('pictures', () => {
  const faststart = [...film, ...quickVideo, '-movflags', '+faststart'];
  it.each([
    ['sprite', {}],
    ['preview', {}],
    ['poster', { percent: 80 }],
  ])('of a whole film are not made of its beginning (%s)', async (kind, params) => {
    const part = await cut(await renderClip('whole.mp4', ...faststart), 'cut');
    await expect(runKind(kind, params, part)).rejects.toMatchObject(message(cutAt));
  });

  it('of what is there are made', async () => {
    const part = await cut(await renderClip('whole.mp4', ...faststart), 'cut');
    expect((await runKind('poster', { time: 1 }, part)).output.facts).toMatchObject({ timeMs: 1000, width: 160 });
  });
});

it('concat names the one of its files that ends early', async () => {
  const whole = await renderClip('whole.flac', ...noise);
  await expect(runKind('concat', {}, whole, await cut(whole, 'cut'))).rejects.toMatchObject(message(cutAt));
});
