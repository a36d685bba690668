/** A ladder left to the farm: sources of one size get the rungs and caps that each is worth. Needs ffmpeg; no server. */
import { stat } from 'node:fs/promises';
import HLS from 'hls-parser';
import { expect, it } from 'vitest';
import { type MadeStream, makeStream } from '../support/make-stream.ts';
import { probe, quickVideo, renderClip } from '../support/render-clip.ts';

const video = { speed: 'fastest', keyframeSeconds: 2 };
const fromSource = (graph: string, ...encode: string[]) =>
  renderClip('in.mp4', '-f', 'lavfi', '-i', graph, ...quickVideo, ...encode);

/** A sharp picture in which a little moves. */
const talkingHead = () =>
  fromSource(
    "smptehdbars=s=1280x720:r=25:d=4,drawgrid=w=80:h=60:t=2,drawbox=x='600+20*sin(t*9)':y=500:w=60:h=30:color=red:t=fill",
    ...['-preset', 'medium', '-crf', '26'],
  );
const noiseInMotion = () => fromSource('testsrc2=s=1280x720:r=25:d=2,noise=alls=60:allf=t', '-crf', '18');
const enlarged = () => fromSource('testsrc2=s=426x240:r=25:d=2,scale=1280:720:flags=bicubic', '-crf', '12');

function variantsOf({ files }: MadeStream) {
  const master = HLS.parse(files.get('film.m3u8')?.content.toString() ?? '') as HLS.types.MasterPlaylist;
  return master.variants
    .filter(({ isIFrameOnly }) => !isIFrameOnly)
    .map(({ resolution, bandwidth }) => ({ lines: resolution?.height, bandwidth }));
}
const leftOut = ({ files }: MadeStream) => files.get('film.m3u8')?.facts.leftOut;

it('gives noise in motion every rung, up to the usual caps', async () => {
  const made = await makeStream({ preset: 'hls', video }, await noiseInMotion());
  expect(variantsOf(made).map(({ lines }) => lines)).toEqual([720, 480, 360, 240]);
  expect(leftOut(made)).toBeUndefined();
});

it('gives a talking head of the same size fewer rungs, and no more bits than the source has use for', async () => {
  const input = await talkingHead();
  const source = ((await stat(input)).size * 8) / (await probe(input)).seconds;
  const made = await makeStream({ preset: 'hls', video: { keyframeSeconds: 2 } }, input);
  const variants = variantsOf(made);
  expect(variants[0]?.lines).toBe(720);
  expect(variants.length).toBeLessThan(4);
  expect(variants[0]?.bandwidth).toBeLessThan(source * 2);
  expect(leftOut(made)).toContainEqual({ name: '240p', reason: expect.stringContaining('kbit/s already') });
});

it('does not offer the size an enlarged picture was blown up to, and says why', async () => {
  const made = await makeStream({ preset: 'hls', video }, await enlarged());
  const [top] = variantsOf(made);
  expect(top?.lines).toBeLessThan(720);
  expect(leftOut(made)).toContainEqual({ name: '720p', reason: `${top?.lines}p looks the same` });
});

it('sees a part that has detail, wherever it lies in a longer film', async () => {
  const blurred = ['-f', 'lavfi', '-i', 'testsrc2=s=426x240:r=2:d=60,scale=854:480:flags=bicubic'];
  const sharp = ['-f', 'lavfi', '-i', 'testsrc2=s=854x480:r=2:d=60'];
  const film = (graph: string) =>
    renderClip('in.mp4', ...blurred, ...sharp, '-filter_complex', graph, ...quickVideo, '-crf', '12', '-g', '4');
  const topOf = async (input: string) => variantsOf(await makeStream({ preset: 'hls', video }, input))[0]?.lines;
  expect(await topOf(await film("[0][1]overlay=enable='between(t,21,27)'"))).toBe(480);
  expect(await topOf(await film("[0][1]overlay=enable='between(t,70,80)'"))).toBeLessThan(480);
});

it('keeps a list of rungs and a cap as they are said', async () => {
  const input = await enlarged();
  const made = await makeStream({ preset: 'hls', video, ladder: ['720p', '240p'] }, input);
  expect(variantsOf(made).map(({ lines }) => lines)).toEqual([720, 240]);
  expect(leftOut(made)).toBeUndefined();
});

it.each([{}, { quality: { ssim: 0.95 } }])(
  'looks where there is a picture when the sound goes on without one, %j',
  async (wish) => {
    const sources = ['-f', 'lavfi', '-i', 'testsrc2=s=640x360:d=2', '-f', 'lavfi', '-i', 'sine=d=20'];
    const input = await renderClip('in.mp4', ...sources, ...quickVideo);
    const made = await makeStream({ preset: 'hls', video, ...wish }, input);
    expect(variantsOf(made).map(({ lines }) => lines)).toEqual([360, 240]);
  },
);
