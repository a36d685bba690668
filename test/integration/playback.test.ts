/** Streams in a real browser: HLS played by hls.js (starts, seeks, changes rung), DASH segments fed to a media source. Needs ffmpeg and Chromium; no server. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Output } from '../../workers/kind.ts';
import { transcodeParams } from '../../workers/transcode/contract.ts';
import { process as transcode } from '../../workers/transcode/process.ts';
import { makeTask } from '../support/make-task.ts';
import { quickVideo, renderClip, testSources } from '../support/render-clip.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
if (executablePath === undefined) process.stdout.write('no Chromium here: streams are not played in a browser\n');
const player = createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js');

const page = `<!doctype html><video muted></video><script src="/hls.js"></script><script>
  const video = document.querySelector('video');
  window.faults = [];
  const hls = new Hls({ startLevel: 0 });
  window.hls = hls;
  hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) faults.push(data.details + ' ' + (data.error || '')); });
  hls.loadSource('/film.m3u8');
  hls.attachMedia(video);
</script>`;

describe.skipIf(executablePath === undefined)('playback', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
    });
  });
  afterAll(() => browser?.close());

  it('plays, seeks and changes the rung', async () => {
    const origin = await serve(await makeStream());
    const tab = await browser.newPage();
    const faults: string[] = [];
    tab.on('pageerror', (error) => faults.push(error.message));
    await tab.goto(origin);
    const waitFor = (what: string) => tab.waitForFunction(what, undefined, { timeout: 60_000 });
    await waitFor('window.hls.levels.length === 2 && video.readyState >= 3');
    expect(await tab.evaluate('video.duration')).toBeCloseTo(6, 0);
    await tab.evaluate('hls.currentLevel = 0; video.play()');
    await waitFor('video.currentTime > 0.5 && video.videoHeight === 240');
    await tab.evaluate('video.currentTime = 4.2');
    await waitFor('video.currentTime > 4.4 && !video.seeking');
    await tab.evaluate('hls.currentLevel = 1; video.currentTime = 1.2');
    await waitFor('video.currentTime > 1.4 && video.videoHeight === 360');
    expect(await tab.evaluate('window.faults')).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('fills a media source without a gap from the DASH manifest', async () => {
    const origin = await serve(await makeStream());
    const tab = await browser.newPage();
    await tab.goto(`${origin}empty`);
    const ranges = (await tab.evaluate(fillFromManifest)) as Readonly<
      Record<string, readonly (readonly [number, number])[]>
    >;
    expect([ranges.video?.length, ranges.audio?.length]).toEqual([1, 1]);
    const [[start = -1, end = -1] = []] = ranges.video ?? [];
    expect(start).toBeCloseTo(0, 2);
    expect(end).toBeCloseTo(6, 1);
    expect(ranges.audio?.[0]?.[0]).toBeCloseTo(0, 2);
    await tab.evaluate("document.querySelector('video').play()");
    await tab.waitForFunction("document.querySelector('video').currentTime > 0.5", undefined, { timeout: 60_000 });
  });
});

/** Reads the manifest with the browser's own XML parser and feeds every segment it names to a media source. */
const fillFromManifest = `(async () => {
  const manifest = new DOMParser().parseFromString(await (await fetch('/film.mpd')).text(), 'text/xml');
  const video = document.querySelector('video');
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await new Promise((done) => source.addEventListener('sourceopen', done, { once: true }));
  const tracks = [...manifest.querySelectorAll('AdaptationSet')].map((set) => {
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

async function makeStream(): Promise<ReadonlyMap<string, Output>> {
  const input = await renderClip('in.mp4', ...testSources(6, '640x360'), ...quickVideo);
  const params = transcodeParams.parse({
    preset: 'streaming',
    ladder: ['360p', '240p'],
    video: { speed: 'fast', keyframeSeconds: 1 },
  });
  const task = await makeTask({ params, files: [{ path: input, name: 'clip.mp4' }], name: 'film' });
  const returned = await transcode(task);
  return new Map([...task.emitted, ...returned].map((output) => [`/${output.name}`, output]));
}

async function serve(outputs: ReadonlyMap<string, Output>): Promise<string> {
  const server = createServer(async (request, response) => {
    const output = outputs.get(request.url ?? '');
    if (request.url === '/') return void response.setHeader('content-type', 'text/html').end(page);
    if (request.url === '/empty')
      return void response.setHeader('content-type', 'text/html').end('<video muted></video>');
    if (request.url === '/hls.js')
      return void response.setHeader('content-type', 'text/javascript').end(await readFile(player));
    if (output === undefined) return void response.writeHead(404).end();
    response.setHeader('content-type', output.mediaType).end(await readFile(output.path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve(undefined))));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
