/** What a part reads of a long video, and that it needs no more: its folder has these bytes alone. Needs ffmpeg. */
import { open, stat, truncate } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { SplitPlan } from '../../shared/messages/split.ts';
import type { Access } from '../../workers/transcode/split/access.ts';
import { mapFile } from '../../workers/transcode/split/map-file.ts';
import { splitter } from '../../workers/transcode/split/splitter.ts';
import { home, inputOf, lossless, openGops, parse, sameAsWhole } from '../support/compare-split.ts';
import { renderClip, testSources } from '../support/render-clip.ts';

/** Pictures with many bytes for their size, so that holes are worth their while. */
const noise = [...testSources(42, '112x64', 20), '-vf', 'noise=alls=60:allf=t'];
const h264 = [...noise, ...openGops, '-crf', '1', '-c:a', 'aac'];
const mpeg4 = [...noise, '-c:v', 'mpeg4', '-q:v', '1', '-g', '20', '-c:a', 'mp3'];
const twoSounds = ['-map', '0:v', '-map', '1:a', '-map', '1:a'];
const fragments = ['-movflags', '+frag_keyframe+empty_moov+default_base_moof+dash+global_sidx'];

it.each<[string, string, string[], object, number]>([
  ['a transport stream', 'in.ts', h264, {}, 0.45],
  ['fragments', 'in.mp4', [...h264, ...twoSounds, ...fragments], { clip: { start: 11.3 } }, 0.45],
  ['AVI', 'in.avi', mpeg4, {}, 0.65],
  ['Matroska without cues', 'in.mkv', [...h264, '-live', '1'], {}, 0.55],
])('fetches of %s the stretch alone, and makes the frames of a whole run', async (_, file, options, params, most) => {
  const input = await renderClip(file, ...options);
  const { pieces } = await sameAsWhole(input, { video: lossless, ...params });
  const { bytes } = await inputOf(input);
  const chunks = pieces.fetched.filter((_, index) => pieces.plan.parts[index]?.name !== 'audio');
  expect(chunks.length).toBeGreaterThanOrEqual(3);
  for (const fetched of chunks) expect(fetched / bytes).toBeLessThan(most);
});

describe('a transport stream', () => {
  const small = [...testSources(26, '64x36', 8), ...openGops, '-c:a', 'aac'];

  it('is opened in the middle, with time codes before its packets too', async () => {
    const path = await renderClip('in.ts', ...small, '-mpegts_m2ts_mode', '1');
    expect(skipping((await splitter.split(await taskOf(path)))?.parts)).toEqual([true, true]);
  });

  it('is opened at its beginning where its clock wraps', async () => {
    const path = await renderClip('in.ts', ...small, '-output_ts_offset', '95430');
    const { pieces } = await sameAsWhole(path, { video: lossless });
    expect(skipping(pieces.plan.parts)).toEqual([false, false]);
  });

  it('is opened at its beginning where only that says how it is decoded', async () => {
    const path = await renderClip('in.ts', '-i', await renderClip('film.mp4', ...small), '-c', 'copy');
    expect(skipping((await splitter.split(await taskOf(path)))?.parts)).toEqual([false, false]);
  });
});

/** Of each chunk but the first whether it begins in the middle of the file. */
function skipping(parts: SplitPlan['parts'] = []): readonly boolean[] {
  const chunks = parts.filter(({ name }) => name.startsWith('chunk')).slice(1);
  return chunks.map(({ params }) => (params as Chunk).stretch.access?.skipBytes !== undefined);
}

type Chunk = { readonly stretch: { readonly access?: Access } };

async function taskOf(path: string) {
  return {
    ...{ params: parse({}), inputs: [await inputOf(path)], scratch: await home(), name: 'film' },
    ...{ progress: () => {}, emit: async () => {}, ready: async () => {} },
    ...{ signal: new AbortController().signal, slots: { idle: 2, total: 2 } },
  };
}

it('does not know which bytes of AVI are needed without its index', async () => {
  const path = await renderClip('in.avi', '-f', 'lavfi', '-i', 'testsrc2=s=64x36:r=5:d=4', '-c:v', 'mjpeg');
  expect(await isMapped(path)).toBe(true);
  await truncate(path, Math.floor((await stat(path)).size / 2));
  expect(await isMapped(path)).toBe(false);
});

async function isMapped(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytes } = await inputOf(path);
    return (await mapFile(file, { demuxer: 'avi', bytes, codec: 'mjpeg' })) !== undefined;
  } finally {
    await file.close();
  }
}
