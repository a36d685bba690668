/** What transcode does to sound, heard in the result: decoded samples and ffprobe. Needs ffmpeg; no server. */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { transcodeParams } from '../../workers/transcode/contract.ts';
import { quickVideo, renderClip, testSources } from '../support/render-clip.ts';
import { runTranscode } from '../support/run-kind.ts';

/** Root mean square of each channel of a file, 0 … 1, between two seconds. */
function levels(path: string, from = 0, to = 1): number[] {
  const range = ['-ss', String(from), '-t', String(to - from)];
  const raw = ['-v', 'error', '-i', path, '-map', '0:a:0', ...range, '-ar', '8000', '-f', 'f32le', '-'];
  const channels = Number(
    execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=channels', '-of', 'csv=p=0', path], {
      encoding: 'utf8',
    }).trim(),
  );
  const bytes = execFileSync('ffmpeg', raw);
  const sums = Array<number>(channels).fill(0);
  for (let at = 0; at * 4 < bytes.length; at++)
    sums[at % channels] = (sums[at % channels] ?? 0) + bytes.readFloatLE(at * 4) ** 2;
  return sums.map((sum) => Math.sqrt(sum / (bytes.length / 4 / channels)));
}

/** A WAV whose channels have these peaks, all the same tone, one second long. */
const steps = (...peaks: number[]) =>
  renderClip(
    'steps.wav',
    '-f',
    'lavfi',
    '-i',
    `aevalsrc='${peaks.map((peak) => `${peak}*sin(2*PI*500*t)`).join('|')}':d=1:s=48000`,
  );
const rms = (peak: number) => peak / Math.SQRT2;
const close = (got: readonly number[], peaks: readonly number[]) => {
  expect(got).toHaveLength(peaks.length);
  got.forEach((level, index) => {
    expect(level).toBeCloseTo(rms(peaks[index] ?? 0), 2);
  });
};

describe('FLAC', () => {
  it.each([
    ['lossy.mp3', [], '16'],
    ['short.wav', ['-c:a', 'pcm_s16le'], '16'],
    ['deep.wav', ['-c:a', 'pcm_s24le'], '24'],
  ])('has the bits of a sample that %s has, no more', async (name, encode, bits) => {
    const input = await renderClip(name, '-f', 'lavfi', '-i', 'sine=d=0.5', ...encode);
    const { path, seen } = await runTranscode({ preset: 'flac' }, { path: input, name, mediaType: 'audio/x' });
    expect(path).toMatch(/flac$/);
    expect(seen.audio?.bits_per_raw_sample).toBe(bits);
  });
});

describe('channels', () => {
  it.each([
    ['swapped', [2, 1], [0.4, 0.8]],
    ['one of them', [2], [0.4]],
    ['both in one', [[1, 2]], [0.6]],
    ['one on both sides', [2, 2], [0.4, 0.4]],
    ['two as four', [1, 1, 2, 2], [0.8, 0.8, 0.4, 0.4]],
    ['two as three, one of them mixed', [1, 2, [1, 2]], [0.8, 0.4, 0.6]],
  ])('are mapped as asked: %s', async (_name, map, peaks) => {
    const { path, facts } = await runTranscode({ preset: 'flac', audio: { map } }, await steps(0.8, 0.4));
    close(levels(path), peaks);
    expect(facts.channels).toBe(peaks.length);
  });

  it('are picked from surround sound', async () => {
    const { path } = await runTranscode(
      { preset: 'wav', audio: { map: [3, 6] } },
      await steps(0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    );
    close(levels(path), [0.3, 0.6]);
  });

  it.each([['m4a'], ['opus'], ['ogg']])('keep their order as six in %s', async (preset) => {
    const peaks = [0.6, 0.5, 0.4, 0.03, 0.3, 0.2];
    const { path } = await runTranscode(
      { preset, audio: { map: [1, 2, 3, 4, 5, 6], bitrate: 500_000 } },
      await steps(...peaks),
    );
    const heard = levels(path);
    expect(heard).toHaveLength(6);
    expect(Math.abs((heard[4] ?? 0) - rms(0.3))).toBeLessThan(0.05);
    expect(Math.abs((heard[2] ?? 0) - rms(0.4))).toBeLessThan(0.05);
  });

  it.each([
    ['opus', 4, 'quad'],
    ['ogg', 4, 'quad'],
    ['flac', 4, 'quad'],
    ['m4a', 4, '4.0'],
    ['opus', 3, '3.0'],
    ['flac', 6, '5.1'],
  ])('come in %s as many as are asked for: %i', async (preset, channels, layout) => {
    const { seen, path } = await runTranscode({ preset, audio: { channels } }, await steps(0.5, 0.5, 0, 0, 0, 0));
    expect(seen.audio).toMatchObject({ channels, channel_layout: layout });
    expect(levels(path)[0]).toBeGreaterThan(0.1);
  });

  it('mix down to stereo with the middle on both sides', async () => {
    const { path } = await runTranscode({ preset: 'wav' }, await steps(0, 0, 0.8, 0, 0, 0));
    const [left = 0, right = 0] = levels(path);
    expect(left).toBeCloseTo(right, 3);
    expect(left).toBeGreaterThan(0.1);
  });

  it('that are not there are named', async () => {
    await expect(runTranscode({ preset: 'wav', audio: { map: [3] } }, await steps(0.5, 0.5))).rejects.toThrow(
      'The map takes channel 3, but the sound in "steps.wav" has 2',
    );
  });
});

describe('edits', () => {
  it('leaves the sound out, or the picture', async () => {
    const input = await renderClip('in.mp4', ...testSources(0.4, '160x90'), ...quickVideo);
    const kinds = async (params: object) =>
      (await runTranscode(params, input)).seen.streams.map(({ codec_type }) => codec_type);
    expect(await kinds({ container: 'mp4', audio: false, video: { speed: 'fastest' } })).toEqual(['video']);
    expect(await kinds({ container: 'm4a' })).toEqual(['audio']);
    expect(await kinds({ container: 'mkv', video: false })).toEqual(['audio']);
  });

  it('fades in and out', async () => {
    const input = await renderClip('in.wav', '-f', 'lavfi', '-i', "aevalsrc='0.8*sin(2*PI*500*t)':d=2:s=48000");
    const { path } = await runTranscode({ preset: 'wav', fade: { in: 0.5, out: 0.5 } }, input);
    const [start = 1] = levels(path, 0, 0.1);
    const [middle = 0] = levels(path, 0.9, 1.1);
    const [end = 1] = levels(path, 1.9, 2);
    expect([start < 0.12, end < 0.12]).toEqual([true, true]);
    expect(middle).toBeCloseTo(rms(0.8), 2);
  });

  it('adds decibels', async () => {
    const { path } = await runTranscode({ preset: 'wav', audio: { gain: -6.0206 } }, await steps(0.8));
    close(levels(path), [0.4]);
  });

  it('keeps the pitch when the speed changes', async () => {
    const input = await renderClip('in.wav', '-f', 'lavfi', '-i', "aevalsrc='0.8*sin(2*PI*500*t)':d=2:s=8000");
    const { path } = await runTranscode({ preset: 'wav', speed: 2 }, input);
    const samples = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-ss', '0.2', '-t', '0.5', '-f', 's16le', '-']);
    let crossings = 0;
    for (let at = 2; at < samples.length; at += 2)
      if (samples.readInt16LE(at - 2) < 0 && samples.readInt16LE(at) >= 0) crossings++;
    expect(crossings).toBeGreaterThan(240);
    expect(crossings).toBeLessThan(260);
  });
});

it('is taken as Vorbis at the low rates of telephones, too', async () => {
  const call = await renderClip('call.wav', '-f', 'lavfi', '-i', 'sine=d=1:r=8000');
  const { seen } = await runTranscode({ preset: 'ogg' }, call);
  expect(seen.audio).toMatchObject({ codec_name: 'vorbis', sample_rate: '8000' });
});

it('is not copied into a WAV from the high end', async () => {
  const aiff = await renderClip('in.aiff', '-f', 'lavfi', '-i', 'sine=d=0.5', '-c:a', 'pcm_s16be');
  const made = (codec: string) => runTranscode({ container: 'wav', audio: { codec, channels: 1 } }, aiff);
  expect((await made('auto')).seen.audio?.codec_name).toBe('pcm_s16le');
  await expect(runTranscode({ container: 'wav', audio: { codec: 'copy' } }, aiff)).rejects.toThrow(
    'is pcm_s16be, which wav cannot hold unchanged',
  );
});

describe('the cover', () => {
  const picture = (colour: string, format: 'png' | 'jpeg' | 'webp') =>
    sharp({ create: { width: 90, height: 60, channels: 3, background: colour } })
      [format]()
      .toBuffer();
  const song = () => renderClip('song.wav', '-f', 'lavfi', '-i', 'sine=d=1');
  const taken = async (path: string) => {
    const still = execFileSync('ffmpeg', [
      '-v',
      'error',
      '-i',
      path,
      '-map',
      '0:v:0',
      '-c:v',
      'png',
      '-f',
      'image2pipe',
      '-',
    ]);
    return (await sharp(still).stats()).channels.map(({ mean }) => Math.round(mean));
  };

  it.each([
    ['mp3', 'jpeg', 'mjpeg'],
    ['m4a', 'png', 'png'],
    ['flac', 'webp', 'mjpeg'],
  ] as const)('of an %s is the second input (%s)', async (preset, format, codec) => {
    const bytes = await picture('#ff0000', format);
    const front = { bytes, name: `front.${format}`, mediaType: `image/${format}` };
    const { path, seen } = await runTranscode(
      { preset, audio: { cover: true }, tags: { title: 'My song' } },
      await song(),
      front,
    );
    expect(seen.video).toMatchObject({ codec_name: codec, width: 90, height: 60, disposition: { attached_pic: 1 } });
    const [red = 0, green = 255] = await taken(path);
    expect([red > 240, green < 20]).toEqual([true, true]);
    expect(seen.tags.title).toBe('My song');
    expect(seen.seconds).toBeCloseTo(1, 1);
  });

  it.each(['mp3', 'm4a', 'flac'])('comes along with a clip in %s, the new one as well', async (preset) => {
    const red = { bytes: await picture('#ff0000', 'png'), name: 'front.png', mediaType: 'image/png' };
    const input = await song();
    const whole = await runTranscode({ preset: 'flac', audio: { cover: true } }, input, red);
    const clip = { start: 0.4, end: 0.9 };
    for (const made of [
      await runTranscode({ preset, clip }, whole.path),
      await runTranscode({ preset, clip, audio: { cover: true } }, input, red),
    ]) {
      expect((await taken(made.path))[0]).toBeGreaterThan(240);
      expect(made.seen.seconds).toBeCloseTo(0.5, 1);
    }
  });

  it('takes the place of the one that was there', async () => {
    const first = { bytes: await picture('#00ff00', 'png'), name: 'a.png', mediaType: 'image/png' };
    const second = { bytes: await picture('#0000ff', 'png'), name: 'b.png', mediaType: 'image/png' };
    const { path } = await runTranscode({ preset: 'mp3', audio: { cover: true } }, await song(), first);
    const again = await runTranscode(
      { preset: 'mp3', audio: { cover: true } },
      { bytes: await readFile(path), name: 'a.mp3' },
      second,
    );
    expect(again.seen.streams.filter(({ codec_type }) => codec_type === 'video')).toHaveLength(1);
    expect((await taken(again.path))[2]).toBeGreaterThan(240);
  });

  it('has to be a picture, and asked for', async () => {
    const words = { bytes: Buffer.from('no picture'), name: 'words.txt', mediaType: 'text/plain' };
    const broken = { ...words, name: 'broken.png', mediaType: 'image/png' };
    const wish = { preset: 'mp3', audio: { cover: true } };
    await expect(runTranscode(wish, await song(), words)).rejects.toThrow('"words.txt" cannot be a cover');
    await expect(runTranscode(wish, await song(), broken)).rejects.toMatchObject({
      code: 'input_invalid',
      publicMessage: expect.stringContaining('"broken.png"'),
    });
    await expect(runTranscode(wish, await song())).rejects.toThrow('A cover needs a picture as the second input');
    await expect(runTranscode({ preset: 'mp3' }, await song(), broken)).rejects.toThrow(
      'Nothing was asked of "broken.png"',
    );
  });
});

describe('params that contradict each other', () => {
  it.each([
    [{ preset: 'mp3', audio: { map: [1, 2, 1] } }, 'expected at most 2 channels in mp3'],
    [{ preset: 'flac', audio: { map: [1], channels: 2 } }, 'expected either channels or map'],
    [{ container: 'mp4', audio: { codec: 'copy', gain: 3 } }, 'expected another codec than copy: the sound'],
    [{ container: 'mp4', audio: { codec: 'copy' }, speed: 2 }, 'expected another codec than copy: the sound'],
    [{ preset: 'wav', audio: { cover: true } }, 'expected mp3, m4a or flac'],
  ])('%j', (params, sentence) => {
    const parsed = transcodeParams.safeParse(params);
    expect(parsed.error?.issues.map((issue) => issue.message).join()).toContain(sentence);
  });
});
