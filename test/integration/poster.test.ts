/** Pictures of video. Needs ffmpeg; no server. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { posterParams } from '../../workers/poster/contract.ts';
import { process as poster } from '../../workers/poster/process.ts';
import { makeTask } from '../support/make-task.ts';
import { quickVideo, renderClip, renderSong, testSources } from '../support/render-clip.ts';
import { turnClip } from '../support/turn-clip.ts';

async function run(path: string, params: object, name = 'clip.mp4') {
  const task = await makeTask({ params: posterParams.parse(params), files: [{ path, name }], name: 'still' });
  return poster(task);
}

/** Black, then a test card, then white; a keyframe every second. */
const acts =
  'color=black:s=320x180:r=10:d=1[a];testsrc2=s=320x180:r=10:d=1,format=yuv420p[b];color=white:s=320x180:r=10:d=1[c];[a][b][c]concat=n=3';
const threeActs = () => renderClip('in.mp4', '-f', 'lavfi', '-i', acts, ...quickVideo, '-g', '10');
const brightness = async (path: string) =>
  (await sharp(path).stats()).channels.reduce((sum, channel) => sum + channel.mean / 3, 0);

describe('poster', () => {
  it('avoids black and blank pictures', async () => {
    const [output] = await run(await threeActs(), {});
    expect(output).toMatchObject({
      name: 'still.jpg',
      mediaType: 'image/jpeg',
      facts: { width: 320, height: 180, timeMs: 1000 },
    });
    expect(await brightness(output?.path ?? '')).toBeGreaterThan(40);
  });

  it('avoids pictures out of focus', async () => {
    const focus = 'testsrc2=s=640x360:r=10:d=4,format=yuv420p,gblur=sigma=8:enable=lt(t\\,2)';
    const input = await renderClip('in.mp4', '-f', 'lavfi', '-i', focus, ...quickVideo, '-g', '10');
    const [output] = await run(input, {});
    expect(output?.facts?.timeMs).toBeGreaterThanOrEqual(2000);
  });

  it('takes the time or the share that is asked for', async () => {
    const input = await threeActs();
    expect(await brightness((await run(input, { time: 0.5 }))[0]?.path ?? '')).toBeLessThan(5);
    expect(await brightness((await run(input, { percent: 90 }))[0]?.path ?? '')).toBeGreaterThan(250);
    expect(await brightness((await run(input, { time: 500 }))[0]?.path ?? '')).toBeGreaterThan(250);
  });

  it('takes the last picture where the end is asked for', async () => {
    const counting = "nullsrc=s=64x64:r=20:d=2,geq=lum='16+5*N':cb=128:cr=128";
    const input = await renderClip('in.mp4', '-f', 'lavfi', '-i', counting, ...quickVideo, '-crf', '5');
    for (const params of [{ percent: 100 }, { time: 2 }, { time: 99 }]) {
      const [output] = await run(input, { ...params, format: 'png' });
      expect(Math.abs((await brightness(output?.path ?? '')) - 1.164 * 5 * 39)).toBeLessThan(3);
      expect(output?.facts?.timeMs).toBeGreaterThan(1900);
    }
  });

  it('makes a storyboard', async () => {
    const outputs = await run(await threeActs(), { count: 3, width: 100, format: 'webp' });
    expect(outputs.map(({ name }) => name)).toEqual(['still_001.webp', 'still_002.webp', 'still_003.webp']);
    const seen = await Promise.all(outputs.map(({ path }) => sharp(path).metadata()));
    expect(seen.map(({ format, width }) => [format, width])).toEqual(Array(3).fill(['webp', 100]));
  });

  it('takes the cover of sound, and says when there is none', async () => {
    const song = await renderSong('a.mp3');
    expect((await run(song, { width: 32, format: 'png' }))[0]?.facts).toMatchObject({ width: 32, height: 32 });
    const bare = await renderClip('b.wav', '-f', 'lavfi', '-i', 'sine=d=1');
    await expect(run(bare, {}, 'b.wav')).rejects.toThrow('"b.wav" has sound but no picture');
  });

  it('is upright', async () => {
    const flat = await renderClip('in.mp4', ...testSources(0.5), ...quickVideo);
    const turned = await turnClip(flat, 90);
    expect((await run(turned, { time: 0 }))[0]?.facts).toMatchObject({ width: 180, height: 320 });
  });
});
