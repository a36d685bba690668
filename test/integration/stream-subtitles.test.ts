/** Text tracks of a source as tracks of a stream: groups, times, cuts. Needs ffmpeg; no server. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import HLS from 'hls-parser';
import { expect, it } from 'vitest';
import { type MadeStream, makeStream } from '../support/make-stream.ts';
import { quickVideo, renderClip, testSources } from '../support/render-clip.ts';

const video = { speed: 'fastest', keyframeSeconds: 1 };
const srt = (cues: readonly (readonly [start: number, end: number, text: string])[]) =>
  cues.map(([start, end, text], index) => `${index + 1}\n${stamp(start)} --> ${stamp(end)}\n${text}\n`).join('\n');
const stamp = (seconds: number) =>
  `00:${two(seconds / 60)}:${two(seconds % 60)},${Math.round((seconds % 1) * 1000)}`.replace(
    /,(\d+)$/,
    (_, ms) => `,${ms.padStart(3, '0')}`,
  );
const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
const words = (text: string) => ['-f', 'srt', '-i', `data:text/plain;base64,${Buffer.from(text).toString('base64')}`];

/** English by default, French without a title, and English signs that are forced. */
async function film(
  seconds = 4,
  cues: Parameters<typeof srt>[0] = [[1, 2.5, 'Hello & <i>welcome</i>']],
): Promise<string> {
  const texts = [srt(cues), srt([[1, 2, 'Bonjour']]), srt([[3, 3.5, 'EXIT']])].flatMap(words);
  const maps = ['0', '1', '2', '3', '4'].flatMap((index) => ['-map', index]);
  const languages = ['eng', 'fre', 'eng'].flatMap((language, index) => [
    `-metadata:s:s:${index}`,
    `language=${language}`,
  ]);
  const flags = ['-disposition:s:0', 'default', '-disposition:s:1', '0', '-disposition:s:2', 'forced'];
  return renderClip(
    'in.mkv',
    ...testSources(seconds, '320x240', 10),
    ...texts,
    ...maps,
    '-c:s',
    'srt',
    '-c:a',
    'pcm_s16le',
    ...languages,
    ...flags,
    '-metadata:s:s:2',
    'title=Signs',
    ...quickVideo,
  );
}

const textOf = ({ files }: MadeStream, name: string) => files.get(name)?.content.toString() ?? '';

it('offers every text track in a group, with language, name and flags', async () => {
  const stream = await makeStream({ preset: 'streaming', video }, await film(), 'film.mkv');
  const master = HLS.parse(textOf(stream, 'film.m3u8')) as HLS.types.MasterPlaylist;
  const tracks = master.variants[0]?.subtitles ?? [];
  expect(
    tracks.map(({ language, name, isDefault, autoselect, forced }) => [language, name, isDefault, autoselect, forced]),
  ).toEqual([
    ['en', 'English', true, true, false],
    ['fr', 'French', false, true, false],
    ['en', 'Signs', false, true, true],
  ]);
  for (const { uri = '' } of tracks) {
    const media = HLS.parse(textOf(stream, uri)) as HLS.types.MediaPlaylist;
    expect(media.segments.reduce((sum, { duration }) => sum + duration, 0)).toBeCloseTo(4, 1);
    expect(media.segments.map((segment) => stream.files.has(uri.replace('playlist.m3u8', segment.uri)))).toEqual([
      true,
    ]);
  }
  expect(textOf(stream, 'subtitles-1-eng/seg_00001.vtt')).toBe(
    'WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello & <i>welcome</i>\n',
  );
  const mpd = textOf(stream, 'film.mpd');
  expect(mpd.match(/contentType="text" mimeType="text\/vtt" lang="\w+"/g)).toHaveLength(3);
  expect(mpd).toContain('<BaseURL>subtitles-2-fre/subtitles.vtt</BaseURL>');
  expect(mpd).toContain('value="forced-subtitle"');
  expect(textOf(stream, 'subtitles-2-fre/subtitles.vtt')).toContain('Bonjour');
});

it('shows in both segments what lasts from one into the next', async () => {
  const cues = [
    [1, 2, 'one'],
    [29, 31, 'across'],
    [32, 33, 'two'],
  ] as const;
  const stream = await makeStream({ preset: 'hls', ladder: ['240p'], video }, await film(34, cues), 'film.mkv');
  const seen = ['00001', '00002'].map((number) =>
    [...textOf(stream, `subtitles-1-eng/seg_${number}.vtt`).matchAll(/^(one|across|two)$/gm)].map(([text]) => text),
  );
  expect(seen).toEqual([
    ['one', 'across'],
    ['across', 'two'],
  ]);
  expect(textOf(stream, 'subtitles-1-eng/playlist.m3u8')).toContain('#EXT-X-TARGETDURATION:30');
});

it('maps cues to the clock of transport streams', async () => {
  const stream = await makeStream({ preset: 'hls', segments: 'ts', video }, await film(), 'film.mkv');
  const [, mpegts] =
    /X-TIMESTAMP-MAP=MPEGTS:(\d+),LOCAL:00:00:00.000/.exec(textOf(stream, 'subtitles-1-eng/seg_00001.vtt')) ?? [];
  const path = join(stream.root, 'first.ts');
  await writeFile(path, stream.files.get('240p/seg_00001.ts')?.content ?? '');
  for (const kind of ['v', 'a']) {
    const args = ['-v', 'error', '-select_streams', kind, '-show_entries', 'packet=pts', '-of', 'csv=p=0', path];
    const times = execFileSync('ffprobe', args, { encoding: 'utf8' })
      .split('\n')
      .map(Number.parseFloat)
      .filter(Number.isFinite);
    // Sound may begin with the encoder's priming, one frame of 1024 samples.
    expect(Math.abs(Math.min(...times) - Number(mpegts))).toBeLessThan(kind === 'v' ? 1 : 0.03 * 90_000);
  }
});

it('cuts and hurries text with the picture', async () => {
  const params = { preset: 'hls', video, clip: { start: 1.5, end: 3.5 }, speed: 2, subtitles: { sidecar: true } };
  const stream = await makeStream(params, await film(), 'film.mkv');
  expect(textOf(stream, 'subtitles-1-eng/seg_00001.vtt')).toContain('00:00:00.000 --> 00:00:00.500');
  expect(textOf(stream, 'subtitles-3-eng/seg_00001.vtt')).toContain('00:00:00.750 --> 00:00:01.000');
  expect(textOf(stream, 'film.3.eng.vtt')).toContain('00:00:00.750 --> 00:00:01.000');
});

it('offers none when they are drawn in or not wanted', async () => {
  const input = await film();
  for (const subtitles of [{ burn: 'eng' }, { embed: false }]) {
    const { files } = await makeStream({ preset: 'hls', video, subtitles }, input, 'film.mkv');
    expect([...files.keys()].filter((name) => name.startsWith('subtitles'))).toEqual([]);
    expect(files.get('film.m3u8')?.content.toString()).not.toContain('SUBTITLES');
  }
});

const fixtures = new URL('../../../shared/fixtures/video/', import.meta.url).pathname;
const samples = [
  ['am__sample_with_srt.mkv', true],
  ['am__sample_with_ssa_subtitles.mkv', true],
  ['am__sample_with_pgs_subtitles.mkv', false],
] as const;

it.each(samples.filter(([name]) => existsSync(join(fixtures, name))))('takes the text of %s', async (name, text) => {
  const clip = { start: 0, end: 6 };
  const { files } = await makeStream({ preset: 'hls', ladder: ['240p'], video, clip }, join(fixtures, name), name);
  const tracks = [...files.keys()].filter((file) => /^subtitles.*playlist/.test(file));
  expect(tracks.length > 0).toBe(text);
});
