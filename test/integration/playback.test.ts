/** A stream played by hls.js in a real browser: starts, seeks, changes rung, ends in time. Needs ffmpeg and Chromium; no server. */
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
});

async function makeStream(): Promise<ReadonlyMap<string, Output>> {
  const input = await renderClip('in.mp4', ...testSources(6, '640x360'), ...quickVideo);
  const params = transcodeParams.parse({
    preset: 'hls',
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
    if (request.url === '/hls.js')
      return void response.setHeader('content-type', 'text/javascript').end(await readFile(player));
    if (output === undefined) return void response.writeHead(404).end();
    response.setHeader('content-type', output.mediaType).end(await readFile(output.path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve(undefined))));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
