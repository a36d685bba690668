/** What people notice of a transcoded file, looked at with ffprobe and decoded frames. Needs ffmpeg; no server. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { transcodeParams } from '../../workers/transcode/contract.ts';
import { process as transcode } from '../../workers/transcode/process.ts';
import { makeTask } from '../support/make-task.ts';
import {
  frameTimes,
  grayFrame,
  probe,
  quickVideo,
  renderClip,
  renderHdr,
  renderSong,
  testSources,
} from '../support/render-clip.ts';
import { runTranscode } from '../support/run-kind.ts';
import { turnClip } from '../support/turn-clip.ts';

async function run(path: string, params: object, name = 'clip.mp4') {
  return await runTranscode({ video: { speed: 'fastest' }, ...params }, { path, name });
}

/** A white corner at the top left of a black picture. */
const corner = ['-f', 'lavfi', '-i', 'color=black:s=320x180:r=25:d=1,drawbox=0:0:160:90:white:fill'];

describe('files', () => {
  it('writes an MP4 with H.264 and AAC, the index first, named after the step', async () => {
    const input = await renderClip('in.mkv', ...testSources(1), ...quickVideo, '-c:a', 'libvorbis');
    const { task, output, seen } = await run(input, { preset: 'mp4-720p', video: { speed: 'fastest' } });
    expect(output).toMatchObject({ name: 'made.mp4', mediaType: 'video/mp4' });
    expect(output.facts).toMatchObject({ width: 320, height: 180, videoCodec: 'h264', audioCodec: 'aac' });
    expect(output.facts?.durationMs).toBeGreaterThan(950);
    expect(seen.video).toMatchObject({ codec_name: 'h264', pix_fmt: 'yuv420p' });
    const content = await readFile(output.path, 'latin1');
    expect(content.indexOf('moov')).toBeLessThan(content.indexOf('mdat'));
    expect(task.fractions).toEqual([...task.fractions].sort((a, b) => a - b));
  });

  it.each([
    [{ preset: 'webm-480p', video: { speed: 'fastest' } }, 'made.webm', 'vp9', 'opus'],
    [
      { container: 'mkv', video: { codec: 'h265', speed: 'fastest' }, audio: { codec: 'flac' } },
      'made.mkv',
      'hevc',
      'flac',
    ],
    [{ container: 'mp4', video: { codec: 'av1', speed: 'fastest' } }, 'made.mp4', 'av1', 'aac'],
    [{ container: 'mov', video: { speed: 'fastest' } }, 'made.mov', 'h264', 'aac'],
  ])('writes %j', async (params, name, video, audio) => {
    const input = await renderClip('in.mp4', ...testSources(0.4, '160x90'), ...quickVideo);
    const { output, seen } = await run(input, params);
    expect(output.name).toBe(name);
    expect([seen.video?.codec_name, seen.audio?.codec_name]).toEqual([video, audio]);
  });

  it.each([
    ['mp3', 'mp3'],
    ['m4a', 'aac'],
    ['opus', 'opus'],
    ['ogg', 'vorbis'],
    ['flac', 'flac'],
    ['wav', 'pcm_s16le'],
  ])('takes the sound alone as %s', async (preset, codec) => {
    const input = await renderClip('in.mp4', ...testSources(1, '160x90'), ...quickVideo);
    const { output, seen } = await run(input, { preset, video: undefined });
    expect(output.name).toBe(`made.${preset}`);
    expect(seen.video).toBeUndefined();
    expect(seen.audio?.codec_name).toBe(codec);
    expect(seen.seconds).toBeGreaterThan(0.9);
  });

  it('transcodes sound without a picture and a picture without sound', async () => {
    const sound = await renderClip('in.wav', '-f', 'lavfi', '-i', 'sine=d=1');
    expect((await run(sound, { preset: 'mp4-480p' })).output.facts).toMatchObject({ audioCodec: 'aac' });
    const silent = await renderClip('in.mp4', ...corner, ...quickVideo);
    expect((await run(silent, { preset: 'mp4-480p', video: { speed: 'fastest' } })).seen.audio).toBeUndefined();
    await expect(run(silent, { preset: 'mp3', video: undefined })).rejects.toThrow(
      'only a picture, but sound was asked for',
    );
  });

  it('does not take a cover for a video', async () => {
    const input = await renderSong('in.mp3');
    expect((await run(input, { preset: 'mp4-480p' }, 'song.mp3')).seen.video).toBeUndefined();
  });
});

describe('the picture', () => {
  it('stands upright after a turned phone video', async () => {
    const flat = await renderClip('in.mp4', ...corner, ...quickVideo);
    const turned = await turnClip(flat, 270);
    const { seen, output } = await run(turned, { preset: 'mp4-480p', video: { speed: 'fastest' } });
    expect(seen.video).toMatchObject({ width: 180, height: 320 });
    expect(seen.video?.side_data_list?.some((data) => data.rotation)).not.toBe(true);
    const [source, result] = [await grayFrame(turned, 0.2, 4, 4), await grayFrame(output.path, 0.2, 4, 4)];
    expect(Math.max(...result.map((value, index) => Math.abs(value - (source[index] ?? 0))))).toBeLessThan(24);
  });

  it('has square samples and even sides, and is never enlarged', async () => {
    const input = await renderClip(
      'in.mkv',
      '-f',
      'lavfi',
      '-i',
      'testsrc=s=161x121:d=0.4,format=yuv444p,setsar=2',
      '-c:v',
      'ffv1',
    );
    const { seen } = await run(input, { preset: 'mp4-1080p', video: { speed: 'fastest' } });
    expect(seen.video).toMatchObject({ width: 322, height: 120 });
    expect(['1:1', undefined]).toContain(seen.video?.sample_aspect_ratio);
  });

  it('fits into the box that is asked for', async () => {
    const input = await renderClip('in.mp4', ...testSources(0.4, '320x180'), ...quickVideo);
    expect((await run(input, { video: { width: 100, speed: 'fastest' } })).seen.video).toMatchObject({
      width: 100,
      height: 56,
    });
  });

  it('turns ten bits and full range into what players expect', async () => {
    const ten = await renderClip(
      'in.mkv',
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=160x90:d=0.4',
      '-pix_fmt',
      'yuv420p10le',
      '-c:v',
      'ffv1',
    );
    expect((await run(ten, {})).seen.video?.pix_fmt).toBe('yuv420p');
    const full = await renderClip(
      'in.mp4',
      ...corner,
      '-vf',
      'scale=out_range=pc',
      '-pix_fmt',
      'yuvj420p',
      '-c:v',
      'mjpeg',
    );
    const { seen } = await run(full, {});
    expect(seen.video).toMatchObject({ pix_fmt: 'yuv420p' });
    expect(['tv', undefined]).toContain(seen.video?.color_range);
  });

  it('maps HDR to SDR', async () => {
    const input = await renderHdr('testsrc2=s=160x90:d=0.3', 'smpte2084');
    expect((await probe(input)).video?.color_transfer).toBe('smpte2084');
    const { seen } = await run(input, {});
    expect(seen.video).toMatchObject({ pix_fmt: 'yuv420p', color_transfer: 'bt709' });
  });

  it('joins the fields of interlaced video', async () => {
    const fields = 'testsrc2=s=320x240:r=50:d=1,tinterlace=mode=interleave_top,setfield=tff';
    const mpeg2 = ['-c:v', 'mpeg2video', '-flags', '+ildct+ilme', '-b:v', '4M', '-top', '1'];
    const input = await renderClip('in.mpg', '-f', 'lavfi', '-i', fields, ...mpeg2);
    const combed = combing(await grayFrame(input, 0.4, 320, 240));
    const joined = await run(input, {}, 'tape.mpg');
    expect(combing(await grayFrame(joined.output.path, 0.4, 320, 240))).toBeLessThan(combed * 0.6);
    const left = await run(input, { video: { speed: 'fastest', deinterlace: 'never' } }, 'tape.mpg');
    expect(combing(await grayFrame(left.output.path, 0.4, 320, 240))).toBeGreaterThan(combed * 0.8);
  });

  it('keeps the times of a variable frame rate', async () => {
    const uneven = "testsrc2=s=160x90:r=50:d=2,select='if(lt(t,1),1,not(mod(n,10)))'";
    const input = await renderClip('in.mkv', '-f', 'lavfi', '-i', uneven, ...quickVideo, '-fps_mode', 'vfr');
    const { output } = await run(input, {});
    const [before, after] = [await frameTimes(input), await frameTimes(output.path)];
    expect(after).toHaveLength(before.length);
    expect(Math.max(...after.map((time, index) => Math.abs(time - (before[index] ?? 0))))).toBeLessThan(0.002);
  });

  it('has the frame rate that is asked for', async () => {
    const input = await renderClip('in.mp4', ...testSources(1, '160x90', 30), ...quickVideo);
    expect((await run(input, { video: { fps: 10, speed: 'fastest' } })).seen.video).toMatchObject({
      avg_frame_rate: '10/1',
    });
  });
});

/** How much neighbouring lines differ against lines two apart: high where fields are woven. */
function combing(gray: Buffer, width = 320): number {
  let sum = 0;
  for (let at = 2 * width; at < gray.length; at++) {
    const here = gray[at] ?? 0;
    sum += Math.max(0, Math.abs(here - (gray[at - width] ?? 0)) - Math.abs(here - (gray[at - 2 * width] ?? 0)));
  }
  return sum / gray.length;
}

describe('the sound', () => {
  it('mixes 5.1 down to stereo, or keeps it when asked', async () => {
    const input = await renderClip('in.mkv', '-f', 'lavfi', '-i', 'anoisesrc=d=1', '-ac', '6', '-c:a', 'flac');
    expect((await run(input, { preset: 'm4a', video: undefined })).seen.audio?.channels).toBe(2);
    expect((await run(input, { preset: 'm4a', video: undefined, audio: { channels: 6 } })).seen.audio?.channels).toBe(
      6,
    );
  });

  it('has the rate and channels that are asked for', async () => {
    const input = await renderClip('in.wav', '-f', 'lavfi', '-i', 'sine=d=1', '-ar', '96000');
    expect((await run(input, { preset: 'flac', video: undefined })).seen.audio?.sample_rate).toBe('48000');
    const { seen } = await run(input, { preset: 'flac', video: undefined, audio: { sampleRate: 22_050, channels: 1 } });
    expect(seen.audio).toMatchObject({ sample_rate: '22050', channels: 1 });
  });
});

describe('clips', () => {
  // Every frame of this source has its own brightness: frame n is a grey of 4n.
  const counting = ['-f', 'lavfi', '-i', "nullsrc=s=64x64:r=20:d=3,geq=lum='4*N':cb=128:cr=128"];

  it.each([['in.mp4'], ['in.mkv'], ['in.ts'], ['in.avi']])('begin and end at the exact frame (%s)', async (name) => {
    const codec = name === 'in.avi' ? ['-c:v', 'mpeg4', '-q:v', '2'] : [...quickVideo, '-crf', '5', '-g', '25'];
    const input = await renderClip(name, ...counting, ...codec);
    const { output } = await run(
      input,
      { clip: { start: 0.75, end: 1.75 }, video: { crf: 5, speed: 'fastest' } },
      name,
    );
    expect(await frameTimes(output.path)).toHaveLength(20);
    const first = (await grayFrame(output.path, 0, 1, 1))[0] ?? 0;
    expect(Math.abs(first - 1.164 * (4 * 15 - 16))).toBeLessThan(4);
  });

  it('that begin where the sound goes on without the picture say so', async () => {
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=20:d=1', '-f', 'lavfi', '-i', 'sine=d=2'];
    const input = await renderClip('in.mp4', ...picture, ...quickVideo);
    const late = run(input, { clip: { start: 1.5 }, video: { speed: 'fastest' } }, 'in.mp4');
    await expect(late).rejects.toThrow('"in.mp4" has no picture from 1.5 s on, where the clip begins');
  });

  it('are exact in sound that cannot be seeked', async () => {
    const input = await renderClip(
      'in.mp3',
      '-f',
      'lavfi',
      '-i',
      'sine=d=5',
      '-c:a',
      'libmp3lame',
      '-q:a',
      '5',
      '-write_xing',
      '0',
    );
    expect(
      (await run(input, { preset: 'wav', video: undefined, clip: { start: 1.25, end: 3 } }, 'a.mp3')).seen.seconds,
    ).toBeCloseTo(1.75, 2);
  });
});

describe('bad input', () => {
  it('says where a cut-off file ends', async () => {
    const whole = await renderClip('in.mp4', ...testSources(3, '320x180'), ...quickVideo, '-movflags', '+faststart');
    const bytes = await readFile(whole);
    const task = await makeTask({
      params: transcodeParams.parse({ video: { speed: 'fastest' } }),
      files: [{ bytes: bytes.subarray(0, bytes.length / 2), name: 'cut.mp4' }],
    });
    await expect(transcode(task)).rejects.toThrow(/"cut.mp4" ends after 1\.\d s of 3\.\d s/);
  });

  it.each([
    ['empty', Buffer.alloc(0), 'is empty'],
    ['text', Buffer.from('hello, this is no film'), 'is not a video or sound file'],
    ['a playlist', Buffer.from('#EXTM3U\n#EXTINF:1,\n/etc/passwd\n'), 'is not a video or sound file'],
    ['a header alone', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2', 'latin1'), '"a.mp4"'],
  ])('refuses %s with a sentence for its sender', async (_what, bytes, sentence) => {
    const task = await makeTask({ params: transcodeParams.parse({}), files: [{ bytes, name: 'a.mp4' }] });
    await expect(transcode(task)).rejects.toMatchObject({
      code: 'input_invalid',
      publicMessage: expect.stringContaining(sentence),
    });
  });

  it('stops at once when the task is aborted', async () => {
    const input = await renderClip('in.mp4', ...testSources(1), ...quickVideo);
    const task = await makeTask({
      params: transcodeParams.parse({}),
      files: [{ path: input, name: 'a.mp4' }],
      signal: AbortSignal.abort(),
    });
    await expect(transcode(task)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
