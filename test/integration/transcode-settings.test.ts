/** What transcode is told about the picture, and sources with turns of their own, looked at in the result. Needs ffmpeg; no server. */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fixturesAbsent, fixturesPresent, readFixtures } from '../support/fixtures.ts';
import {
  frameTimes,
  grayFrame,
  probe,
  quickVideo,
  renderClip,
  renderHdr,
  testSources,
} from '../support/render-clip.ts';
import { runTranscode } from '../support/run-kind.ts';
import { turnClip } from '../support/turn-clip.ts';

const fastest = { speed: 'fastest' };
const card = (seconds = 2) => renderClip('in.mp4', ...testSources(seconds, '320x180'), ...quickVideo);
const mean = (samples: Buffer) => samples.reduce((sum, value) => sum + value, 0) / samples.length;

/** Times of the keyframes, in seconds. */
function keyframes(path: string): number[] {
  const args = [
    '-v',
    'error',
    '-select_streams',
    'V:0',
    '-show_entries',
    'packet=pts_time,flags',
    '-of',
    'csv=p=0',
    path,
  ];
  const lines = execFileSync('ffprobe', args, { encoding: 'utf8' }).trim().split('\n');
  return lines.filter((line) => line.includes('K')).map(Number.parseFloat);
}

describe('the encoder', () => {
  it('writes the profile, level and pixels that are asked for', async () => {
    const main = await runTranscode({ video: { speed: 'fast', profile: 'main', level: '4.1' } }, await card(1));
    expect(main.seen.video).toMatchObject({ profile: 'Main', level: 41, pix_fmt: 'yuv420p' });
    const wide = { codec: 'h264', profile: 'high10', pixelFormat: 'yuv420p10le', speed: 'fast' };
    const ten = await runTranscode({ container: 'mkv', video: wide }, await card(1));
    expect(ten.seen.video).toMatchObject({ profile: 'High 10', pix_fmt: 'yuv420p10le' });
  });

  it.each(['h264', 'h265', 'vp9', 'av1'])('puts keyframes where they are asked for (%s)', async (codec) => {
    const input = await renderClip('in.mp4', ...testSources(2, '160x90', 20), ...quickVideo);
    const video = { ...fastest, codec, keyframeSeconds: 0.5 };
    const { path } = await runTranscode({ container: 'mkv', video, audio: false }, input);
    expect(keyframes(path)).toEqual([0, 0.5, 1, 1.5]);
  });

  it('tells H.265 the level, and what no level has room for is told at once', async () => {
    const input = await renderClip('in.mp4', ...testSources(0.4, '320x180'), ...quickVideo);
    const { seen } = await runTranscode({ preset: 'hevc-1080p', video: { level: '4.1', speed: 'fastest' } }, input);
    expect(seen.video?.level).toBe(123);
    const large = await renderClip('in.mp4', ...testSources(0.2, '640x360'), ...quickVideo);
    const small = runTranscode({ preset: 'hevc-1080p', video: { level: '1.0', speed: 'fastest' } }, large);
    await expect(small).rejects.toMatchObject({
      code: 'input_invalid',
      retryable: false,
      publicMessage: expect.stringContaining('out of range for specified level'),
    });
  });

  it('stays below the highest bitrate', async () => {
    const noise = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=4,noise=alls=60:allf=t'];
    const input = await renderClip('in.mkv', ...noise, ...quickVideo, '-crf', '10');
    const rate = async (video: object) => {
      const { path, seen } = await runTranscode({ video: { ...fastest, crf: 20, ...video } }, input);
      return ((await readFile(path)).length * 8) / seen.seconds;
    };
    expect(await rate({})).toBeGreaterThan(1_500_000);
    expect(await rate({ maxBitrate: 500_000 })).toBeLessThan(900_000);
  });
});

describe('crop: auto', () => {
  const barred = (filter: string, size: string) =>
    renderClip('in.mp4', '-f', 'lavfi', '-i', `testsrc2=s=${size}:r=10:d=2`, '-vf', filter, ...quickVideo);

  it('takes black bars off and says where the picture was', async () => {
    const letterbox = await barred('pad=320:240:0:30', '320x180');
    const { facts, path } = await runTranscode({ video: { ...fastest, crop: 'auto' } }, letterbox);
    expect(facts).toMatchObject({ width: 320, height: 180, crop: { x: 0, y: 30, width: 320, height: 180 } });
    const edge = (await grayFrame(path, 0.5, 320, 180)).subarray(0, 320);
    expect(mean(edge)).toBeGreaterThan(40);
  });

  it('keeps what only some scenes show', async () => {
    // Black for half of the time, a picture at the left, then one at the right.
    const scenes =
      "color=black:s=320x180:r=10:d=4,drawbox=20:20:100:140:white:fill:enable='between(t,1,2)',drawbox=200:40:100:100:white:fill:enable='gte(t,3)'";
    const input = await renderClip('in.mp4', '-f', 'lavfi', '-i', scenes, ...quickVideo);
    const { facts } = await runTranscode({ video: { ...fastest, crop: 'auto' } }, input);
    expect(facts.crop).toEqual({ x: 20, y: 20, width: 280, height: 140 });
  });

  it('counts square, upright pixels', async () => {
    const turned = await barred('pad=320:240:0:30,setsar=2', '320x180');
    const upright = await turnClip(turned, 90);
    const { facts } = await runTranscode({ video: { ...fastest, crop: 'auto' } }, upright);
    expect(facts).toMatchObject({ width: 180, height: 640 });
  });

  it('leaves whole what has no bars, or nothing but black', async () => {
    expect((await runTranscode({ video: { ...fastest, crop: 'auto' } }, await card(1))).facts).not.toHaveProperty(
      'crop',
    );
    const black = await renderClip('in.mp4', '-f', 'lavfi', '-i', 'color=black:s=160x90:r=10:d=1', ...quickVideo);
    expect((await runTranscode({ video: { ...fastest, crop: 'auto' } }, black)).facts).toMatchObject({
      width: 160,
      height: 90,
    });
  });
});

describe('sources', () => {
  it('maps HLG to SDR at about the brightness it was meant to have', async () => {
    const input = await renderHdr('color=gray:s=160x90:r=10:d=0.5', 'arib-std-b67');
    expect((await probe(input)).video?.color_transfer).toBe('arib-std-b67');
    const { path, seen } = await runTranscode({ video: fastest }, input);
    expect(seen.video).toMatchObject({ pix_fmt: 'yuv420p', color_transfer: 'bt709', color_primaries: 'bt709' });
    const brightness = mean(await grayFrame(path, 0.2, 8, 8));
    expect(brightness).toBeGreaterThan(80);
    expect(brightness).toBeLessThan(200);
  });

  it.skipIf(!fixturesPresent)(
    `of a phone in Dolby Vision become H.264 that does not call itself so (${fixturesPresent ? 'real' : fixturesAbsent})`,
    async () => {
      const [phone] = readFixtures().filter(({ file }) => file.includes('dolbyVision'));
      const kinds = async (params: object) =>
        (await runTranscode(params, phone?.path ?? '')).seen.video?.side_data_list?.map((data) => data.side_data_type);
      expect(await kinds({ container: 'mp4', video: fastest })).toBeUndefined();
      expect(await kinds({ container: 'mp4', video: { codec: 'copy' } })).toContain('DOVI configuration record');
    },
  );

  it('that begin in the middle of their own media, by an edit list, do not show what comes before', async () => {
    // Copying from the middle of a GOP leaves the frames from its keyframe on in the file and hides them by an edit list.
    const counting = ['-f', 'lavfi', '-i', "nullsrc=s=64x64:r=20:d=3,geq=lum='4*N':cb=128:cr=128"];
    const whole = await renderClip('whole.mp4', ...counting, ...quickVideo, '-crf', '5', '-g', '60');
    const input = await renderClip('in.mp4', '-ss', '1.25', '-i', whole, '-c', 'copy');
    expect(Number((await probe(input)).video?.nb_read_packets)).toBe(60);
    const { path } = await runTranscode({ video: { ...fastest, crf: 5 } }, input);
    expect(await frameTimes(path)).toHaveLength(35);
    const [first = 0] = await grayFrame(path, 0, 1, 1);
    expect(Math.abs(first - 1.164 * (4 * 25 - 16))).toBeLessThan(4);
  });

  it('of fragments are read whole', async () => {
    const fragments = ['-movflags', '+frag_keyframe+empty_moov', '-g', '10'];
    const input = await renderClip('in.mp4', ...testSources(2, '160x90'), ...quickVideo, ...fragments);
    const { path } = await runTranscode({ video: fastest }, input);
    expect(await frameTimes(path)).toHaveLength(50);
  });

  it('may be a single frame', async () => {
    const input = await renderClip(
      'in.mp4',
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=64x64:r=25',
      '-frames:v',
      '1',
      ...quickVideo,
    );
    const { path } = await runTranscode({ video: fastest }, input);
    expect(await frameTimes(path)).toHaveLength(1);
  });
});

describe('a clip that is copied', () => {
  it('begins at the keyframe before, with the same pictures, and is cut at its end', async () => {
    const input = await renderClip('in.mp4', ...testSources(4, '160x90', 20), ...quickVideo, '-g', '20');
    const copy = { container: 'mp4', video: { codec: 'copy' }, audio: { codec: 'copy' }, clip: { start: 1.5, end: 3 } };
    const { path, seen } = await runTranscode(copy, input);
    expect(seen.streams.map(({ codec_name }) => codec_name)).toEqual(['h264', 'aac']);
    const hashes = (file: string) =>
      execFileSync(
        'ffmpeg',
        ['-v', 'error', '-ignore_editlist', '1', '-i', file, '-map', '0:v', '-c', 'copy', '-f', 'framemd5', '-'],
        {
          encoding: 'utf8',
        },
      )
        .split('\n')
        .filter((line) => line.startsWith('0,'))
        .map((line) => line.split(',').at(-1));
    const [before, after] = [hashes(input), hashes(path)];
    expect(after.length).toBeGreaterThanOrEqual(30);
    expect(after).toEqual(before.slice(20, 20 + after.length));
  });
});

it('shows a picture as a watermark only for its time', async () => {
  const logo = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#ffffff' } })
    .png()
    .toBuffer();
  const input = await renderClip('in.mp4', '-f', 'lavfi', '-i', 'color=gray:s=160x90:r=10:d=3', ...quickVideo);
  const watermark = { position: 'top-left', size: 0.25, opacity: 1, start: 1, end: 2 };
  const { path } = await runTranscode({ video: fastest, watermark }, input, {
    bytes: logo,
    name: 'a.png',
    mediaType: 'image/png',
  });
  const corner = async (at: number) => ((await grayFrame(path, at, 160, 90))[20 * 160 + 20] ?? 0) > 200;
  expect([await corner(0.5), await corner(1.5), await corner(2.5)]).toEqual([false, true, false]);
});
