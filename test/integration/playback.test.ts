/** Streams in a real browser: HLS by hls.js, DASH by Shaka Player: start, seek, change rung, show subtitles. Needs ffmpeg and Chromium; no server. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type MadeStream, makeStream, type Stage } from '../support/make-stream.ts';
import { quickVideo, renderClip, testSources } from '../support/render-clip.ts';
import { serveStream } from '../support/serve-stream.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
if (executablePath === undefined) process.stdout.write('no Chromium here: streams are not played in a browser\n');

const video = { speed: 'fast', keyframeSeconds: 1 };
const ladder = ['360p', '240p'];

const subtitles = `1
00:00:00,500 --> 00:00:02,000
Good evening

2
00:00:04,000 --> 00:00:05,500
That was <i>all</i>
`;

describe.skipIf(executablePath === undefined)('playback', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
    });
  });
  afterAll(() => browser?.close());

  /** A page with a player on it, and what went wrong there. */
  async function open(files: Stage['files'], path: string) {
    const tab = await browser.newPage();
    onTestFinished(() => tab.close());
    const faults: string[] = [];
    tab.on('pageerror', (error) => faults.push(error.message));
    await tab.goto(`${await serveStream(files)}${path}`);
    const waitFor = (what: string) => tab.waitForFunction(what, undefined, { timeout: 60_000 });
    const check = async () => expect([...faults, ...((await tab.evaluate('window.faults')) as string[])]).toEqual([]);
    return { tab, waitFor, check };
  }

  it.each([
    ['fMP4', {}],
    ['MPEG-TS', { container: 'hls', segments: 'ts' }],
  ])('hls.js plays %s, seeks, changes the rung and shows subtitles', async (_, params) => {
    const { files } = await makeFilm(params);
    const { tab, waitFor, check } = await open(files, '/hls');
    await waitFor('window.hls.levels.length === 2 && video.readyState >= 3');
    expect(await tab.evaluate('video.duration')).toBeCloseTo(6, 0);
    // hls.js begins a transport stream with its first decode time, so the first picture comes after the B-frame delay.
    const begin = Number(await tab.evaluate('video.buffered.start(0)'));
    expect(begin).toBeLessThan(0.1);
    await tab.evaluate('hls.subtitleTrack = 0; hls.currentLevel = 0; video.play()');
    await waitFor('video.currentTime > 0.5 && video.videoHeight === 240');
    await tab.evaluate('video.currentTime = 4.2');
    await waitFor('video.currentTime > 4.4 && !video.seeking');
    // On a busy machine the end may have come meanwhile, and with it a pause.
    await tab.evaluate('hls.currentLevel = 1; video.currentTime = 1.2; video.play()');
    await waitFor('video.currentTime > 1.4 && video.videoHeight === 360');
    await tab.evaluate('video.currentTime = 5.4; video.play()');
    await waitFor('video.ended && video.textTracks[0]?.cues?.length === 2');
    expect(await cuesOf(tab, begin)).toEqual(expectedCues);
    expect(await tab.evaluate('[hls.subtitleTracks[0].lang, hls.subtitleTracks[0].name]')).toEqual(['en', 'English']);
    await check();
  });

  it('hls.js plays what is there when the first rung is announced', async () => {
    const { stages } = await makeFilm({ firstRung: 'early' });
    const [first] = stages;
    expect(first?.name).toBe('240p');
    const { tab, waitFor, check } = await open(first?.files ?? new Map(), '/hls');
    await waitFor('window.hls.levels.length === 1 && video.readyState >= 3');
    await tab.evaluate('video.currentTime = 5.2; video.play()');
    await waitFor('video.ended');
    expect(await tab.evaluate('video.currentTime')).toBeCloseTo(6, 0);
    expect(await tab.evaluate('video.webkitAudioDecodedByteCount')).toBeGreaterThan(0);
    await check();
  });

  it.each(['streaming', 'dash'])(
    'Shaka plays the DASH manifest of %s, seeks, changes the rung and shows subtitles',
    async (container) => {
      const { files } = await makeFilm({ container });
      const { tab, waitFor, check } = await open(files, '/dash');
      await waitFor('player.getVariantTracks().length === 2 && video.readyState >= 3');
      expect(await tab.evaluate('video.duration')).toBeCloseTo(6, 0);
      const choose = (height: number) =>
        `player.selectVariantTrack(player.getVariantTracks().find((track) => track.height === ${height}), true, 0)`;
      await tab.evaluate(`${choose(240)}; video.play()`);
      await waitFor('video.currentTime > 0.5 && video.videoHeight === 240');
      await tab.evaluate('video.currentTime = 4.2');
      await waitFor('video.currentTime > 4.4 && !video.seeking');
      await tab.evaluate(
        `${choose(360)}; video.currentTime = 1.2; video.play(); player.selectTextTrack(player.getTextTracks()[0])`,
      );
      await waitFor('video.currentTime > 1.4 && video.videoHeight === 360');
      await waitFor('video.textTracks[0]?.cues?.length === 2');
      expect(await cuesOf(tab, 0)).toEqual(expectedCues);
      expect(await tab.evaluate('player.getTextTracks()[0].language')).toBe('en');
      expect(await tab.evaluate('video.webkitAudioDecodedByteCount')).toBeGreaterThan(0);
      await check();
    },
  );

  it('fills a media source without a gap from the DASH manifest', async () => {
    const { files } = await makeFilm({});
    const { tab } = await open(files, '/empty');
    const ranges = (await tab.evaluate(fillFromManifest)) as Readonly<
      Record<string, readonly (readonly [number, number])[]>
    >;
    expect([ranges.video?.length, ranges.audio?.length]).toEqual([1, 1]);
    const [[start = -1, end = -1] = []] = ranges.video ?? [];
    expect(start).toBeCloseTo(0, 2);
    expect(end).toBeCloseTo(6, 1);
    expect(ranges.audio?.[0]?.[0]).toBeCloseTo(0, 2);
  });
});

const expectedCues = [
  [0.5, 2, 'Good evening'],
  [4, 5.5, 'That was all'],
];

/** The cues of the first text track as the browser shows them: hundredths of a second after the first picture, words without markup. */
async function cuesOf(tab: Page, begin: number): Promise<unknown> {
  const seen = (await tab.evaluate(`[...video.textTracks[0].cues].map((cue) =>
    [cue.startTime, cue.endTime, cue.getCueAsHTML().textContent])`)) as [number, number, string][];
  return seen.map(([start, end, text]) => [
    ...[start, end].map((time) => Math.round((time - begin) * 100) / 100),
    text,
  ]);
}

/** Reads the manifest with the browser's own XML parser and feeds every segment it names to a media source. */
const fillFromManifest = `(async () => {
  const manifest = new DOMParser().parseFromString(await (await fetch('/film.mpd')).text(), 'text/xml');
  const video = document.querySelector('video');
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await new Promise((done) => source.addEventListener('sourceopen', done, { once: true }));
  const sets = [...manifest.querySelectorAll('AdaptationSet')].filter((set) => set.querySelector('SegmentTemplate'));
  const tracks = sets.map((set) => {
    const representation = set.querySelector('Representation');
    const type = set.getAttribute('mimeType') + '; codecs="' + representation.getAttribute('codecs') + '"';
    return { kind: set.getAttribute('contentType'), template: representation.querySelector('SegmentTemplate'), buffer: source.addSourceBuffer(type) };
  });
  const ranges = {};
  for (const { kind, template, buffer } of tracks) {
    const count = template.querySelectorAll('S').length;
    const names = [template.getAttribute('initialization')];
    for (let n = 1; n <= count; n++) names.push(template.getAttribute('media').replace('$Number%05d$', String(n).padStart(5, '0')));
    for (const name of names) {
      buffer.appendBuffer(await (await fetch('/' + name)).arrayBuffer());
      await new Promise((done, fail) => { buffer.onupdateend = done; buffer.onerror = () => fail(new Error(name)); });
    }
    ranges[kind] = Array.from({ length: buffer.buffered.length }, (_, i) => [buffer.buffered.start(i), buffer.buffered.end(i)]);
  }
  source.endOfStream();
  return ranges;
})()`;

/** Six seconds with sound and English subtitles. */
async function makeFilm(params: object): Promise<MadeStream> {
  const words = `data:text/plain;base64,${Buffer.from(subtitles).toString('base64')}`;
  const tags = ['-map', '0', '-map', '1', '-map', '2', '-c:s', 'srt', '-metadata:s:s:0', 'language=eng'];
  const input = await renderClip(
    'in.mkv',
    ...testSources(6, '640x360'),
    '-f',
    'srt',
    '-i',
    words,
    ...tags,
    ...quickVideo,
  );
  return makeStream({ preset: 'streaming', ladder, video, ...params }, input, 'clip.mkv');
}
