/** A stream that can be watched before it is whole: who is told what, when. Needs ffmpeg; no server. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import HLS from 'hls-parser';
import { expect, it } from 'vitest';
import { makeStream, type Stage } from '../support/make-stream.ts';
import { grayFrame, quickVideo, renderClip, testSources } from '../support/render-clip.ts';

const quick = { speed: 'fastest', keyframeSeconds: 1 };
const ladder = ['480p', '360p', '240p'];

async function run(params: object) {
  const input = await renderClip('in.mp4', ...testSources(3, '854x480'), ...quickVideo);
  return makeStream({ preset: 'streaming', ladder, video: quick, ...params }, input);
}

function variantsOf({ files }: Stage): HLS.types.Variant[] {
  const master = HLS.parse(files.get('film.m3u8')?.content.toString() ?? '') as HLS.types.MasterPlaylist;
  return master.variants.filter(({ isIFrameOnly }) => !isIFrameOnly);
}

/** Everything a playlist and those below it lead to. */
function reachable(files: Stage['files'], name: string): string[] {
  const text = files.get(name)?.content.toString() ?? '';
  const folder = name.includes('/') ? `${name.split('/')[0]}/` : '';
  const quoted = [...text.matchAll(/URI="([^"]+)"/g)].map(([, uri]) => uri ?? '');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const names = [...new Set([...quoted, ...lines])].map((uri) => `${folder}${uri}`);
  return names.flatMap((file) => [file, ...(file.endsWith('.m3u8') ? reachable(files, file) : [])]);
}

function segmentsOfMpd(files: Stage['files']): string[] {
  const mpd = files.get('film.mpd')?.content.toString() ?? '';
  return mpd
    .split('<Representation ')
    .slice(1)
    .flatMap((text) => {
      const folder = /id="([^"]+)"/.exec(text)?.[1];
      const count = text.match(/<S /g)?.length ?? 0;
      return Array.from({ length: count }, (_, index) => `${folder}/seg_${String(index + 1).padStart(5, '0')}.m4s`);
    });
}

it('announces a useful rung with its sound before the others exist, then the others from below', async () => {
  const { stages, files, fractions, returned } = await run({ firstRung: 'early' });
  expect(stages.map(({ name }) => name)).toEqual(['360p', '240p', '480p', 'end']);
  const [first] = stages;
  expect(first?.fraction).toBeLessThan(0.6);
  expect([...(first?.files.keys() ?? [])].filter((name) => /^(240|480)p/.test(name))).toEqual([]);
  expect(first?.files.has('audio/seg_00003.m4s')).toBe(true);
  expect(stages.map((stage) => variantsOf(stage).map(({ resolution }) => resolution?.height))).toEqual([
    [360],
    [360, 240],
    [480, 360, 240],
    [480, 360, 240],
  ]);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(returned.slice(0, 2)).toEqual(['film.m3u8', 'film.mpd']);
  expect(files.get('film.m3u8')?.facts).toMatchObject({ height: 480, renditions: 3 });
});

it('names only what is there, at every stage and in both manifests', async () => {
  const { stages } = await run({ firstRung: 'early', poster: true });
  for (const { files } of stages) {
    const named = [...reachable(files, 'film.m3u8'), ...segmentsOfMpd(files)];
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !files.has(name))).toEqual([]);
  }
  const { files } = stages.at(-1) ?? { files: new Map() };
  const led = new Set(['film.m3u8', 'film.mpd', 'poster.jpg', ...reachable(files, 'film.m3u8')]);
  expect([...files.keys()].filter((name) => !led.has(name))).toEqual([]);
});

it('says the same of a rung whichever way it was made', async () => {
  const timesOf = async (firstRung: string) => {
    const { stages } = await run({ firstRung });
    const media = (folder: string) =>
      HLS.parse(
        stages.at(-1)?.files.get(`${folder}/playlist.m3u8`)?.content.toString() ?? '',
      ) as HLS.types.MediaPlaylist;
    return ['480p', '360p', '240p', 'audio'].map((folder) => media(folder).segments.map(({ duration }) => duration));
  };
  const [early, together] = [await timesOf('early'), await timesOf('together')];
  expect(early).toEqual(together);
  expect(early[0]).toEqual(early[1]);
});

it('keeps the bars of a first rung', async () => {
  const input = await renderClip('in.mp4', '-f', 'lavfi', '-i', 'color=white:s=480x480:d=1', ...quickVideo);
  const video = { ...quick, pad: { aspect: '16:9' } };
  const { files, stages, root } = await makeStream(
    { preset: 'hls', ladder: ['480p', '240p'], video, firstRung: 'early' },
    input,
  );
  expect(stages.map(({ name }) => name)[0]).toBe('240p');
  const joined = Buffer.concat(
    ['init.mp4', 'seg_00001.m4s'].map((name) => files.get(`240p/${name}`)?.content ?? Buffer.alloc(0)),
  );
  const path = join(root, 'joined.mp4');
  await writeFile(path, joined);
  const gray = await grayFrame(path, 0, 16, 9);
  const [left = 255, middle = 0, right = 255] = [0, 8, 15].map((column) => gray[4 * 16 + column]);
  expect([left < 20, middle > 220, right < 20]).toEqual([true, true, true]);
});

it('makes all from one decode when the clip is short, and tells of each', async () => {
  const { stages } = await run({});
  expect(stages.map(({ name }) => name)).toEqual(['240p', '360p', '480p', 'end']);
  expect(stages[0]?.files.has('480p/seg_00001.m4s')).toBe(true);
});
