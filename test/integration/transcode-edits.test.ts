/** Edits, tracks, tags, copies and quality targets of transcode, looked at in the result. Needs ffmpeg; no server. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { transcodeParams } from '../../workers/transcode/contract.ts';
import { readWebvtt } from '../../workers/transcode/webvtt.ts';
import { makeTask, type TaskFile } from '../support/make-task.ts';
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
import { runKind, runTranscode } from '../support/run-kind.ts';

const run = (path: string, params: object, more: readonly TaskFile[] = []) =>
  runTranscode(params, { path, name: 'clip.mp4', mediaType: 'video/mp4' }, ...more);

const largeGray = ['-f', 'lavfi', '-i', 'color=gray:s=640x360:r=5:d=2'];
const gray = ['-f', 'lavfi', '-i', 'color=gray:s=160x90:r=10:d=2'];
const card = () => renderClip('in.mp4', ...testSources(2, '160x90', 10), ...quickVideo);
const fastest = { speed: 'fastest' };
const brightest = (samples: Buffer) => samples.reduce((most, value) => Math.max(most, value), 0);
const mean = (samples: Buffer) => samples.reduce((sum, value) => sum + value, 0) / samples.length;

/** Of the decoded pictures. */
function frameHash(path: string): string {
  return execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:v:0', '-f', 'md5', '-'], { encoding: 'utf8' });
}

describe('edits', () => {
  it('crops, and pads to a shape with bars', async () => {
    const input = await renderClip('in.mp4', ...gray, '-vf', 'drawbox=0:0:80:90:white:fill', ...quickVideo);
    const half = await run(input, { video: { ...fastest, crop: { x: 80, y: 0, width: 80, height: 90 } } });
    expect(half.seen.video).toMatchObject({ width: 80, height: 90 });
    expect(mean(await grayFrame(half.path, 0, 8, 8))).toBeLessThan(140);
    const square = await run(input, { video: { ...fastest, pad: { aspect: '1:1' } } });
    expect(square.seen.video).toMatchObject({ width: 160, height: 160 });
    expect(mean((await grayFrame(square.path, 0, 16, 16)).subarray(0, 16 * 2))).toBeLessThan(20);
    await expect(run(input, { video: { crop: { x: 100, y: 0, width: 100, height: 90 } } })).rejects.toThrow(
      'The crop reaches to 200 × 90',
    );
  });

  it.each(['lightgray', 'slategrey', 'rebeccapurple', '#ff0000'])('has bars in %s', async (color) => {
    const input = await renderClip('in.mp4', ...gray, ...quickVideo);
    const { path } = await run(input, { video: { ...fastest, pad: { aspect: '1:1', color } } });
    const still = execFileSync('ffmpeg', [
      '-v',
      'error',
      '-i',
      path,
      '-frames:v',
      '1',
      '-f',
      'image2',
      '-c:v',
      'png',
      '-',
    ]);
    const [bar, wanted] = await Promise.all([
      sharp(still).extract({ left: 70, top: 4, width: 8, height: 8 }).removeAlpha().raw().toBuffer(),
      sharp({ create: { width: 8, height: 8, channels: 3, background: color } })
        .raw()
        .toBuffer(),
    ]);
    for (const [at, value] of wanted.subarray(0, 3).entries()) expect(Math.abs((bar[at] ?? 0) - value)).toBeLessThan(8);
    expect(transcodeParams.safeParse({ video: { pad: { aspect: '1:1', color: 'nocolour' } } }).success).toBe(false);
  });

  it('changes the speed of picture and sound together', async () => {
    const { seen } = await run(await card(), { video: fastest, speed: 2 });
    expect(seen.seconds).toBeCloseTo(1, 0);
    expect(Number(seen.video?.nb_read_packets)).toBeGreaterThan(15);
  });

  it('fades from and to black', async () => {
    const { path } = await run(await renderClip('in.mp4', ...gray, ...quickVideo), {
      video: fastest,
      fade: { in: 0.5, out: 0.5 },
    });
    const [first, middle, last] = await Promise.all(
      [0, 1, 1.9].map(async (at) => mean(await grayFrame(path, at, 4, 4))),
    );
    expect(first).toBeLessThan(30);
    expect(middle).toBeGreaterThan(110);
    expect(last).toBeLessThan(60);
  });

  it('shows words of any letters, and only for their time', async () => {
    const input = await renderClip('in.mp4', ...gray, ...quickVideo);
    const text = "it's [me]: 100%, \\ 'quoted'; äöü";
    const watermark = { text, position: 'center', size: 0.3, opacity: 1, end: 1 };
    const { path } = await run(input, { video: fastest, watermark });
    const spread = async (at: number) => {
      const samples = await grayFrame(path, at, 160, 90);
      return Math.max(...samples) - Math.min(...samples);
    };
    expect(await spread(0.5)).toBeGreaterThan(60);
    expect(await spread(1.5)).toBeLessThan(10);
  });

  it.each([
    ['Japanese', '東京の夜', '大阪の朝'],
    ['Arabic', 'سلام', 'كتاب'],
  ])('draws the letters of %s, not boxes', async (_language, one, other) => {
    const input = await renderClip('in.mp4', ...gray, ...quickVideo);
    const pictureOf = async (text: string) => {
      const watermark = { text, position: 'center', size: 0.5, opacity: 1 };
      const { path } = await run(input, { video: fastest, watermark });
      return await grayFrame(path, 0.5, 160, 90);
    };
    const [first = [], second = []] = [await pictureOf(one), await pictureOf(other)];
    const different = [...first].filter((value, index) => Math.abs(value - (second[index] ?? 0)) > 60);
    expect(different.length).toBeGreaterThan(100);
  });

  it('lays a picture over the corner that is asked for', async () => {
    const logo = await sharp({ create: { width: 40, height: 40, channels: 4, background: '#ffffff' } })
      .png()
      .toBuffer();
    const watermark = { position: 'top-left', size: 0.25, opacity: 1 };
    const input = await renderClip('in.mp4', ...gray, ...quickVideo);
    const { path } = await run(input, { video: fastest, watermark }, [
      { bytes: logo, name: 'logo.png', mediaType: 'image/png' },
    ]);
    const samples = await grayFrame(path, 1, 160, 90);
    expect(samples[20 * 160 + 20]).toBeGreaterThan(200);
    expect(samples[80 * 160 + 150]).toBeLessThan(150);
    await expect(run(input, { watermark })).rejects.toThrow('A watermark needs either text or a picture');
  });
});

/** When the first text begins, and the last begins and ends. */
function textTimes(path: string): number[] {
  const srt = execFileSync('ffmpeg', ['-v', 'error', '-i', path, '-map', '0:s:0', '-f', 'webvtt', '-'], {
    encoding: 'utf8',
  });
  const cues = readWebvtt(srt);
  return [cues[0]?.start, cues.at(-1)?.start, cues.at(-1)?.end].map((time) => time ?? -1);
}

describe('streams', () => {
  it('copies what need not change, bit by bit', async () => {
    const input = await renderClip('in.mkv', ...testSources(1, '160x90'), ...quickVideo, '-c:a', 'aac');
    const { path } = await run(input, { container: 'mp4', video: { codec: 'auto' }, audio: { codec: 'auto' } });
    expect(frameHash(path)).toBe(frameHash(input));
    expect(Number((await probe(path)).video?.nb_read_packets)).toBe(
      Number((await probe(input)).video?.nb_read_packets),
    );
    const small = await run(input, { container: 'mp4', video: { codec: 'auto', width: 80, ...fastest } });
    expect(small.seen.video?.width).toBe(80);
  });

  it('names copied H.265 as Apple wants it', async () => {
    const quiet = ['-preset', 'ultrafast', '-x265-params', 'log-level=error'];
    const input = await renderClip('in.mkv', ...testSources(0.4, '160x90'), '-c:v', 'libx265', ...quiet);
    const { path, seen } = await run(input, { container: 'mp4', video: { codec: 'copy' } });
    expect(seen.video?.codec_tag_string).toBe('hvc1');
    expect(frameHash(path)).toBe(frameHash(input));
  });

  it.each([{ maxBitrate: 100_000 }, { profile: 'high' }, { pixelFormat: 'yuv444p' }, { keyframeSeconds: 0.5 }])(
    'encodes anew for %j',
    async (wish) => {
      const input = await renderClip('in.mkv', ...testSources(1, '160x90'), ...quickVideo, '-c:a', 'aac');
      const sound = { codec: 'auto', channels: 2 };
      const { path, seen } = await run(input, { container: 'mp4', video: { codec: 'auto', ...wish }, audio: sound });
      expect(frameHash(path)).not.toBe(frameHash(input));
      expect(seen.audio?.channels).toBe(2);
    },
  );

  it('keeps the tracks of the languages asked for', async () => {
    const tones = ['-f', 'lavfi', '-i', 'sine=f=300:d=1', '-f', 'lavfi', '-i', 'sine=f=600:d=1'];
    const languages = ['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=fra'];
    const input = await renderClip('in.mkv', ...tones, '-map', '0', '-map', '1', ...languages, '-c:a', 'flac');
    /** The one that is heard when nobody chooses stands in capitals. */
    const tracks = async (wish: unknown) => {
      const { seen } = await run(input, { container: 'mkv', audio: { tracks: wish } });
      const name = (language = '', byDefault = 0) => (byDefault === 1 ? language.toUpperCase() : language);
      return seen.streams.map(({ tags, disposition }) => name(tags?.language, disposition?.default));
    };
    expect(await tracks('all')).toEqual(['ENG', 'fra']);
    expect(await tracks(['fra'])).toEqual(['fra']);
    expect(await tracks(['fre', 'en'])).toEqual(['FRA', 'eng']);
    await expect(tracks(['deu'])).rejects.toThrow('it has: eng, fra');
  });

  it('draws subtitles in, writes them beside, and keeps them inside', async () => {
    const words = Buffer.from(
      '1\n00:00:00,000 --> 00:00:01,000\nHELLO WORLD\n\n2\n00:00:01,800 --> 00:00:01,900\nBye\n',
    );
    const task = await makeTask({ params: {}, files: [{ bytes: words, name: 'a.srt' }] });
    const srt = task.inputs[0]?.path ?? '';
    const input = await renderClip(
      'in.mkv',
      ...largeGray,
      '-f',
      'srt',
      '-i',
      srt,
      ...quickVideo,
      '-c:s',
      'srt',
      '-metadata:s:s:0',
      'language=eng',
    );
    const wish = { container: 'mp4', video: fastest, subtitles: { burn: 'eng', sidecar: true, embed: true } };
    const { outputs, path, seen } = await run(input, wish);
    expect(outputs.map(({ name }) => name)).toEqual(['made.mp4', 'made.1.eng.vtt']);
    expect(await readFile(outputs[1]?.path ?? '', 'utf8')).toMatch(/^WEBVTT[\s\S]*HELLO WORLD/);
    expect(seen.streams.map(({ codec_name }) => codec_name)).toContain('mov_text');
    expect(brightest(await grayFrame(path, 0.6, 640, 360))).toBeGreaterThan(200);
    expect(brightest(await grayFrame(path, 1.5, 640, 360))).toBeLessThan(150);
    await expect(run(input, { video: fastest, subtitles: { burn: 'fra' } })).rejects.toThrow('no subtitles "fra"');
  });

  it.each([
    ['a clip in MP4', 'in.mkv', { container: 'mp4', clip: { start: 1, end: 2.5 } }, [0, 1, 1.2], 1.5],
    ['a clip in MKV', 'in.mkv', { container: 'mkv', clip: { start: 1, end: 2.5 } }, [0, 1, 1.2], 1.5],
    ['a clip of MPEG-TS', 'in.ts', { container: 'mkv', clip: { start: 1, end: 2.5 } }, undefined, 1.5],
    ['twice the speed', 'in.mkv', { container: 'mp4', speed: 2 }, [0.1, 1, 1.1], 1.5],
  ])('moves the subtitles inside with the picture: %s', async (_, name, wish, times, seconds) => {
    const words = '1\n00:00:00,200 --> 00:00:01,500\nOne\n\n2\n00:00:02,000 --> 00:00:02,200\nTwo\n';
    const { inputs } = await makeTask({ params: {}, files: [{ bytes: Buffer.from(words), name: 'a.srt' }] });
    const text = ['-f', 'srt', '-i', inputs[0]?.path ?? '', '-map', '0', '-map', '1', '-map', '2:s'];
    const streams = name === 'in.ts' ? [] : [...text, '-c:s', 'srt', '-metadata:s:s:0', 'language=eng'];
    const input = await renderClip(name, ...testSources(3, '160x90'), ...streams, ...quickVideo, '-c:a', 'aac');
    const { path, seen } = await run(input, { ...wish, video: fastest, subtitles: { embed: true } });
    expect(seen.seconds).toBeCloseTo(seconds, 1);
    expect((await frameTimes(path))[0]).toBeCloseTo(0, 1);
    if (times !== undefined) expect(textTimes(path)).toEqual(times.map((time) => expect.closeTo(time, 1)));
  });

  it('brings tags along, but not the place', async () => {
    const tags = ['-metadata', 'title=My film', '-metadata', 'location=+48.1+011.5/'];
    const input = await renderClip('in.mp4', ...testSources(0.4, '160x90'), ...quickVideo, ...tags);
    const tagged = (path: string) =>
      execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'format_tags', '-of', 'default', path], {
        encoding: 'utf8',
      });
    expect(tagged(input)).toContain('+48.1');
    const kept = tagged((await run(input, { video: fastest, tags: { artist: 'me' } })).path);
    expect(kept).toContain('title=My film');
    expect(kept).toContain('artist=me');
    expect(kept).not.toContain('48.1');
    expect(tagged((await run(input, { video: fastest, keepTags: false })).path)).not.toContain('My film');
  });

  it.each([
    ['transcode', { preset: 'streaming', video: fastest, ladder: ['240p'] }],
    ['transcode', { preset: 'hls', segments: 'ts', video: fastest, ladder: ['240p'] }],
    ['preview', { format: 'mp4' }],
  ])('nor in the pieces of a stream or a preview: %s %j', async (kind, params) => {
    const tags = ['-metadata', 'title=My film', '-metadata', 'location=+48.1+011.5/'];
    const device = ['-metadata:s:a', 'handler_name=GoProAAC'];
    const input = await renderClip('in.mp4', ...testSources(0.4, '320x240'), ...quickVideo, ...tags, ...device);
    const { outputs, task } = await runKind(kind, params, input);
    const content = await Promise.all([...task.emitted, ...outputs].map(({ path }) => readFile(path, 'latin1')));
    expect(content.join('')).not.toMatch(/\+48\.1|GoPro/);
    expect(content.join('').includes('My film')).toBe(kind === 'transcode');
  });

  it('keeps chapters, and the cover of a song', async () => {
    const meta =
      ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/10\nSTART=0\nEND=5\ntitle=One\n[CHAPTER]\nTIMEBASE=1/10\nSTART=5\nEND=10\ntitle=Two\n';
    const file =
      (await makeTask({ params: {}, files: [{ bytes: Buffer.from(meta), name: 'm' }] })).inputs[0]?.path ?? '';
    const input = await renderClip(
      'in.mkv',
      '-f',
      'lavfi',
      '-i',
      'sine=d=1',
      '-f',
      'ffmetadata',
      '-i',
      file,
      '-map_chapters',
      '1',
    );
    for (const preset of ['m4a', 'mp3', 'opus']) {
      const { path } = await run(input, { preset });
      const told = execFileSync('ffprobe', ['-v', 'error', '-show_chapters', path], { encoding: 'utf8' });
      expect(told.match(/title=(One|Two)/g), preset).toHaveLength(2);
    }
    const song = await renderSong('a.flac');
    expect((await run(song, { preset: 'mp3' })).seen.streams.map(({ codec_name }) => codec_name).sort()).toEqual([
      'mp3',
      'png',
    ]);
    expect((await run(song, { preset: 'mp3', keepCover: false })).seen.streams).toHaveLength(1);
  });
});

describe('rates', () => {
  it.each([{ preset: 'mp4-360p' }, { preset: 'hevc-1080p' }, { preset: 'webm-480p' }])(
    'meets a bitrate in two passes, %j',
    async (wish) => {
      const noise = ['-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=25:d=3,noise=alls=40:allf=t'];
      const input = await renderClip('in.mp4', ...noise, ...quickVideo, '-crf', '10');
      const { path, seen } = await run(input, { ...wish, video: { ...fastest, bitrate: 200_000, passes: 2 } });
      const rate = ((await readFile(path)).length * 8) / seen.seconds;
      expect(rate).toBeGreaterThan(150_000);
      expect(rate).toBeLessThan(260_000);
    },
  );

  it('keeps HDR when asked', async () => {
    const input = await renderHdr('testsrc2=s=160x90:d=0.3', 'smpte2084');
    const { seen } = await run(input, { container: 'mp4', video: { ...fastest, hdr: 'keep' } });
    expect(seen.video).toMatchObject({ codec_name: 'hevc', pix_fmt: 'yuv420p10le', color_transfer: 'smpte2084' });
  });

  /** ST 2086 and MaxCLL as they stand beside the first picture, in plain numbers. */
  const lightOf = (path: string) => {
    const show = ['-show_frames', '-read_intervals', '%+#1', '-of', 'json', '-select_streams', 'v:0', path];
    const answer = JSON.parse(execFileSync('ffprobe', ['-v', 'error', ...show], { encoding: 'utf8' }));
    const lists: Record<string, unknown>[] = answer.frames[0].side_data_list ?? [];
    const told = Object.assign({}, ...lists) as Record<string, string>;
    const number = (name: string) => {
      const [above = 0, below = 1] = String(told[name]).split('/').map(Number);
      return above / below;
    };
    const names = ['red_x', 'green_y', 'blue_x', 'white_point_y', 'min_luminance', 'max_luminance'];
    return [...names, 'max_content', 'max_average'].map(number);
  };
  const graded = [0.68, 0.69, 0.15, 0.329, 0.005, 1000, 800, 300];
  const renderGraded = () =>
    renderHdr('testsrc2=s=160x90:d=0.3', 'smpte2084', [
      'master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)',
      'max-cll=800,300',
    ]);

  it.each([
    { container: 'mp4', codec: 'h265' },
    { container: 'mkv', codec: 'av1' },
  ])('keeps what HDR10 says of its light, $codec', async ({ container, codec }) => {
    const { path } = await run(await renderGraded(), { container, video: { ...fastest, codec, hdr: 'keep' } });
    for (const [at, value] of lightOf(path).entries()) expect(value).toBeCloseTo(graded[at] ?? 0, 3);
  });

  it('leaves HDR that is kept as it is where nothing has to change, and flattens what is not to be kept', async () => {
    const input = await renderGraded();
    const kept = await run(input, { container: 'mp4', video: { codec: 'auto', hdr: 'keep' } });
    expect(frameHash(kept.path)).toBe(frameHash(input));
    const flat = await run(input, {
      container: 'mp4',
      video: { ...fastest, codec: 'auto', pixelFormat: 'yuv420p10le' },
    });
    expect(flat.seen.video).toMatchObject({ color_transfer: 'bt709' });
  });

  it('finds the CRF for a quality, and tells the score', async () => {
    const input = await renderClip(
      'in.mkv',
      '-f',
      'lavfi',
      '-i',
      'mandelbrot=s=160x90:r=10',
      '-t',
      '2',
      ...quickVideo,
      '-crf',
      '5',
    );
    const { facts } = await run(input, { video: { ...fastest, ssim: 0.95 } });
    expect(facts.ssim).toBeGreaterThan(0.945);
    expect(facts.crf).toBeGreaterThan(15);
    expect(facts.psnr).toBeGreaterThan(20);
  });

  it('brings sound to a loudness', async () => {
    const input = await renderClip('in.wav', '-f', 'lavfi', '-i', 'anoisesrc=d=3:a=0.02:c=pink');
    const { path } = await run(input, { preset: 'flac', audio: { loudness: -23 } });
    const log = spawnSync('ffmpeg', ['-nostdin', '-i', path, '-af', 'ebur128', '-f', 'null', '-'], {
      encoding: 'utf8',
    }).stderr;
    expect(Number(/Summary:[\s\S]*I:\s+(-?[\d.]+) LUFS/.exec(log)?.[1])).toBeCloseTo(-23, 0);
    const silence = await renderClip('silent.wav', '-f', 'lavfi', '-i', 'anullsrc=d=1');
    expect((await run(silence, { preset: 'flac', audio: { loudness: -23 } })).seen.seconds).toBeCloseTo(1, 1);
  });

  it('cuts silence from both ends of sound', async () => {
    const quiet = "aevalsrc='if(between(t,1,2),sin(2*PI*440*t),0)':d=3:s=16000";
    const input = await renderClip('in.wav', '-f', 'lavfi', '-i', quiet);
    expect((await run(input, { preset: 'wav', audio: { trimSilence: true } })).seen.seconds).toBeCloseTo(1.1, 1);
    const silent = await renderClip('silent.wav', '-f', 'lavfi', '-i', 'anullsrc=d=1');
    const nothing = run(silent, { preset: 'wav', audio: { trimSilence: true } });
    await expect(nothing).rejects.toThrow('"clip.mp4" is silent from end to end');
  });

  it.each([
    ['a clip that begins in the silence', { clip: { start: 2, end: 5 } }, 2.05],
    ['a clip without silence', { clip: { start: 4, end: 5 } }, 1],
    ['the sound alone, as the fade counts', { fade: { in: 0, out: 0.5 } }, 3.1],
    ['a pause in between, which stays', { clip: { start: 0 } }, 3.1],
  ])('cuts silence from %s', async (_, wish, seconds) => {
    // Three seconds of it, a tone with half a second of pause, two of it.
    const quiet = "aevalsrc='if(between(t,3,4.2)+between(t,4.8,6),sin(2*PI*440*t),0)':d=8:s=16000";
    const input = await renderClip('in.wav', '-f', 'lavfi', '-i', quiet);
    const { seen, path } = await run(input, { preset: 'wav', audio: { trimSilence: true }, ...wish });
    expect(seen.seconds).toBeCloseTo(seconds, 1);
    const end = execFileSync('ffmpeg', ['-v', 'error', '-sseof', '-0.15', '-i', path, '-f', 's16le', '-']);
    const loudest = Math.max(...new Int16Array(end.buffer, end.byteOffset, end.length / 2));
    if ('fade' in wish) expect(loudest).toBeLessThan(10_000);
    else expect(loudest).toBeGreaterThan(25_000);
  });
});

describe('params that contradict each other', () => {
  it.each([
    [{ container: 'webm', video: { codec: 'h264' } }, 'expected one of vp9, av1 in webm, got h264'],
    [{ container: 'mp3', video: { codec: 'h264' } }, 'expected no video'],
    [{ video: { codec: 'copy', width: 100 } }, 'expected another codec than copy'],
    [{ preset: 'hls', video: { codec: 'vp9' } }, 'expected one of h264, h265 in hls, got vp9'],
    [{ preset: 'webm-720p', audio: { codec: 'aac' } }, 'expected one of opus, vorbis in webm, got aac'],
    [{ video: { passes: 2 } }, 'expected a bitrate beside two passes'],
  ])('%j', (params, sentence) => {
    const parsed = transcodeParams.safeParse(params);
    expect(parsed.error?.issues.map((issue) => issue.message).join()).toContain(sentence);
  });
});
