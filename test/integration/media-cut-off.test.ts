/** Files that end before the length they declare: who sent one is told where it ends, whatever kind reads it. Needs ffmpeg; no server. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { quickVideo, renderClip, testSources } from '../support/render-clip.ts';
import { runKind } from '../support/run-kind.ts';

const noise = ['-f', 'lavfi', '-i', 'anoisesrc=d=6:a=0.3'];
const film = testSources(6, '160x90');
const mpeg4 = ['-c:v', 'mpeg4', '-q:v', '5'];

/** The first third of a file's bytes. */
async function cut(path: string, name: string) {
  const bytes = await readFile(path);
  return { bytes: bytes.subarray(0, bytes.length / 3), name };
}

const cutAt = /^"cut" ends after [12]\.\d s of 6\.\d s: it was cut off\. Send the whole file\.$/;
const message = (publicMessage: RegExp) => ({
  code: 'input_invalid',
  publicMessage: expect.stringMatching(publicMessage),
});

describe('transcode', () => {
  it.each([
    ['wav', noise],
    ['aiff', noise],
    ['flac', noise],
    ['mp3', noise],
    ['mkv', [...film, ...quickVideo]],
    ['avi', [...film, ...mpeg4]],
    ['flv', [...film, ...quickVideo]],
    ['wmv', [...film, ...mpeg4]],
  ])('says where a %s ends, and takes a whole one', async (extension, source) => {
    const whole = await renderClip(`whole.${extension}`, ...source);
    const wish = { preset: source === noise ? 'wav' : 'mp4-360p' };
    expect((await runKind('transcode', wish, whole)).output.facts?.durationMs).toBeGreaterThan(5900);
    await expect(runKind('transcode', wish, await cut(whole, 'cut'))).rejects.toMatchObject(message(cutAt));
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

  it('says that a fragmented MP4 lacks what comes in later fragments', async () => {
    const fragments = ['-movflags', '+frag_keyframe+empty_moov+default_base_moof'];
    const whole = await renderClip('whole.mp4', ...film, ...quickVideo, ...fragments);
    await expect(runKind('transcode', { preset: 'mp4-360p' }, await cut(whole, 'cut'))).rejects.toMatchObject(
      message(/^The sound of "cut" could not be decoded: the file is damaged or was cut off/),
    );
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
])('%s %j', (kind, params) => {
  it.each([['flac', noise] as const, ['mp4', [...film, ...quickVideo, '-movflags', '+faststart']] as const])(
    'says where a %s ends',
    async (extension, source) => {
      const whole = await renderClip(`whole.${extension}`, ...source);
      await expect(runKind(kind, params, await cut(whole, 'cut'))).rejects.toMatchObject(message(cutAt));
    },
  );
});

it('concat names the one of its files that ends early', async () => {
  const whole = await renderClip('whole.flac', ...noise);
  await expect(runKind('concat', {}, whole, await cut(whole, 'cut'))).rejects.toMatchObject(message(cutAt));
});
