/** What `inspect` says of videos and sounds, against what ffmpeg was told to make. Needs ffmpeg and ffprobe; no server. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError, InputError } from '../../shared/errors.ts';
import { inspectParams } from '../../workers/inspect/contract.ts';
import { process } from '../../workers/inspect/process.ts';
import { fixturesAbsent, fixturesPresent, readFixtures } from '../support/fixtures.ts';
import { makeTask } from '../support/make-task.ts';
import { quickVideo, renderClip, testSources } from '../support/render-clip.ts';
import { turnClip } from '../support/turn-clip.ts';

async function inspect(path: string, name = 'clip') {
  const task = await makeTask({ params: inspectParams.parse({}), files: [{ path, name }] });
  const [output] = await process(task);
  expect(JSON.parse(await readFile(output?.path ?? '', 'utf8'))).toEqual(output?.facts);
  return output?.facts ?? {};
}

describe('inspect', () => {
  it('tells what a video is', async () => {
    const path = await renderClip('in.mp4', ...testSources(2, '320x180', 25), ...quickVideo, '-c:a', 'aac', '-ac', '2');
    expect(await inspect(path)).toMatchObject({
      type: 'video',
      width: 320,
      height: 180,
      rotation: 0,
      fps: 25,
      videoCodec: 'h264',
      pixelFormat: 'yuv420p',
      audioCodec: 'aac',
      channels: 2,
      sampleRate: 44_100,
      audioTracks: 1,
      subtitleTracks: 0,
      chapters: 0,
    });
    expect(Math.abs(Number((await inspect(path)).durationMs) - 2000)).toBeLessThanOrEqual(60);
  });

  it('turns the size of a video that is shown on its side', async () => {
    const flat = await renderClip('flat.mp4', ...testSources(0.4, '320x180'), ...quickVideo, '-an');
    expect(await inspect(await turnClip(flat, 90))).toMatchObject({ width: 180, height: 320, rotation: 90 });
  });

  it('counts tracks and chapters, and names no picture where there is none', async () => {
    const folder = (await makeTask({ params: {}, files: [] })).scratch;
    const [words, marks] = [join(folder, 'a.srt'), join(folder, 'a.txt')];
    await writeFile(words, '1\n00:00:00,100 --> 00:00:00,900\nHello\n');
    const chapter = (start: number, end: number) => `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${start}\nEND=${end}\ntitle=x\n`;
    await writeFile(marks, `;FFMETADATA1\n${chapter(0, 500)}${chapter(500, 1000)}`);
    const inputs = [...testSources(1, '64x64'), '-f', 'lavfi', '-i', 'sine=f=880:d=1', '-i', words, '-i', marks];
    const maps = ['0:v', '1:a', '2:a', '3:s'].flatMap((map) => ['-map', map]);
    const languages = ['-metadata:s:a:0', 'language=fra', '-metadata:s:a:1', 'language=eng', '-map_chapters', '4'];
    const path = await renderClip(
      'in.mkv',
      ...inputs,
      ...maps,
      ...languages,
      ...quickVideo,
      '-c:a',
      'flac',
      '-c:s',
      'srt',
    );
    expect(await inspect(path)).toMatchObject({
      type: 'video',
      audioTracks: 2,
      subtitleTracks: 1,
      chapters: 2,
      language: 'fra',
      audioCodec: 'flac',
    });
    const sound = await renderClip('in.wav', '-f', 'lavfi', '-i', 'sine=f=440:d=1:r=8000');
    const facts = await inspect(sound);
    expect(facts).toMatchObject({ type: 'audio', durationMs: 1000, channels: 1, sampleRate: 8000, audioTracks: 1 });
    expect(facts).not.toHaveProperty('width');
    expect(facts).not.toHaveProperty('videoCodec');
  });

  it('says what is wrong with half a video', async () => {
    const whole = await readFile(await renderClip('in.mp4', ...testSources(1, '64x64'), ...quickVideo));
    const task = await makeTask({
      params: inspectParams.parse({}),
      files: [{ bytes: whole.subarray(0, whole.length / 2), name: 'half.mp4' }],
    });
    const failure = await process(task).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as InputError).publicMessage).toMatch(/^[A-Z"].{30,}\.$/s);
  });
});

describe('real files', () => {
  if (!fixturesPresent) it(`are not tried: ${fixturesAbsent}`, () => expect(readFixtures()).toEqual([]));
  const media = readFixtures().filter(({ kind, expected }) => kind !== 'image' && expected.transcode !== '-');

  it.each(media)('$kind/$file is inspected or refused in a sentence', async ({ path, file, expected }) => {
    const facts = await inspect(path, file).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      expect(error.publicMessage).toMatch(/^.{30,}\.$/s);
      return undefined;
    });
    if (expected.transcode !== 'ok') return;
    expect(facts).toMatchObject({ durationMs: expect.any(Number), audioTracks: expect.any(Number) });
    if (facts?.type === 'video') expect(Number(facts.width) * Number(facts.height)).toBeGreaterThan(0);
  });
});
