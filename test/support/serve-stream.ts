/** Serves files of a stream to a browser, beside pages with a player. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { PublicFile } from './make-stream.ts';

const { resolve: resolveModule } = createRequire(import.meta.url);
const players: Readonly<Record<string, string>> = {
  '/hls.js': resolveModule('hls.js/dist/hls.min.js'),
  '/shaka.js': resolveModule('shaka-player/dist/shaka-player.compiled.js'),
};

const hlsPage = `<!doctype html><video muted></video><script src="/hls.js"></script><script>
  const video = document.querySelector('video');
  window.faults = [];
  const hls = new Hls({ startLevel: 0 });
  window.hls = hls;
  hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) faults.push(data.details + ' ' + (data.error || '')); });
  hls.loadSource('/film.m3u8');
  hls.attachMedia(video);
</script>`;

const dashPage = `<!doctype html><video muted></video><script src="/shaka.js"></script><script>
  const video = document.querySelector('video');
  window.faults = [];
  const player = new shaka.Player();
  window.player = player;
  player.configure({ abr: { enabled: false } });
  player.addEventListener('error', ({ detail }) => faults.push(String(detail)));
  player.attach(video).then(() => player.load('/film.mpd')).catch((error) => faults.push(String(error)));
</script>`;

const pages: Readonly<Record<string, string>> = {
  '/hls': hlsPage,
  '/dash': dashPage,
  '/empty': '<!doctype html><video muted></video>',
};

/** @returns the origin, such as `http://127.0.0.1:4711`; `/hls`, `/dash` and `/empty` are pages. */
export async function serveStream(files: ReadonlyMap<string, PublicFile>): Promise<string> {
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const player = players[path];
    const file = files.get(path.slice(1));
    if (pages[path] !== undefined) return void response.setHeader('content-type', 'text/html').end(pages[path]);
    if (player !== undefined)
      return void response.setHeader('content-type', 'text/javascript').end(await readFile(player));
    if (file === undefined) return void response.writeHead(404).end();
    response.setHeader('content-type', file.mediaType).end(file.content);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(async () => {
    const closed = new Promise((done) => server.close(done));
    // The tab may still be open, and browsers keep connections.
    server.closeAllConnections();
    await closed;
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
