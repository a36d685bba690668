/** The rules of RFC 8216 and of Apple's authoring specification, measured on the segments by ffprobe. Needs ffmpeg; no server. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import HLS from 'hls-parser';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type MadeStream, makeStream } from '../support/make-stream.ts';
import { quickVideo, renderClip } from '../support/render-clip.ts';

const video = { speed: 'fast', keyframeSeconds: 2 };
const ladder = ['360p', '240p'];
/** Busy at first, calm later, and not a whole number of segments long. */
const uneven = ['-f', 'lavfi', '-i', "testsrc2=s=640x360:r=25:d=5,noise=alls=60:allf=t:enable='lt(t,2)'"];
const tone = (hertz: number) => ['-f', 'lavfi', '-i', `sine=f=${hertz}:d=5`];

const forms: readonly (readonly [name: string, params: object, tracks: number])[] = [
  ['fMP4 with a group of sound', { preset: 'hls' }, 1],
  ['fMP4 in H.265', { preset: 'hls', video: { ...video, codec: 'h265' } }, 1],
  ['MPEG-TS with the sound inside', { preset: 'hls', segments: 'ts' }, 1],
  ['MPEG-TS with a group of two languages', { preset: 'hls', segments: 'ts', audio: { tracks: 'all' } }, 2],
];

describe.each(forms)('%s', (_, params, tracks) => {
  it('keeps the rules', async () => {
    const tones = tracks === 1 ? tone(300) : [...tone(300), ...tone(600)];
    const maps = ['-map', '0', '-map', '1', ...(tracks === 1 ? [] : ['-map', '2'])];
    const input = await renderClip('in.mp4', ...uneven, ...tones, ...maps, ...quickVideo);
    const stream = await makeStream({ ladder, video, firstRung: 'early', ...params }, input);
    const master = HLS.parse(textOf(stream, 'film.m3u8')) as HLS.types.MasterPlaylist;
    expect(textOf(stream, 'film.m3u8')).toContain('#EXT-X-INDEPENDENT-SEGMENTS');
    const variants = master.variants.filter(({ isIFrameOnly }) => !isIFrameOnly);
    const sounds = (variants[0]?.audio ?? []).map(({ uri }) => uri ?? '');
    expect(sounds).toHaveLength(stream.files.has('360p/seg_00001.ts') && tracks === 1 ? 0 : tracks);
    const loudest = Math.max(0, ...sounds.map((uri) => peakOf(stream, uri)));
    for (const variant of variants) {
      await checkVariant(stream, variant, loudest);
      await checkIframes(stream, variant.uri.replace('playlist', 'iframes'), variant);
    }
    checkDurations(stream, [...variants.map(({ uri }) => uri), ...sounds]);
    const starts = await startsOf(stream, '360p');
    expect(await startsOf(stream, '240p')).toEqual(starts);
    // ffprobe adds the B-frame delay to the times of CMAF; playback.test.ts sees in a browser that they begin at zero.
    const transport = stream.files.has('360p/seg_00001.ts');
    const zero = transport ? 1.4 : 0;
    expect(starts.map((start) => start - (transport ? 0 : (starts[0] ?? 0)))).toEqual([zero, zero + 2, zero + 4]);
    for (const uri of sounds) expect(Math.abs((await soundStart(stream, uri)) - zero)).toBeLessThan(0.03);
  });
});

it('tells players of HDR that was kept', async () => {
  const hdr = [
    '-color_primaries',
    'bt2020',
    '-color_trc',
    'smpte2084',
    '-colorspace',
    'bt2020nc',
    '-pix_fmt',
    'yuv420p10le',
  ];
  const input = await renderClip('in.mp4', '-f', 'lavfi', '-i', 'testsrc2=s=320x240:d=1', '-c:v', 'libx265', ...hdr);
  const text = textOf(
    await makeStream({ preset: 'hls', video: { ...video, codec: 'h265', hdr: 'keep' } }, input),
    'film.m3u8',
  );
  expect(text.match(/VIDEO-RANGE=PQ/g)).toHaveLength(2);
  expect(text).toMatch(/CODECS="hvc1\.2\.4\.L/);
});

async function checkVariant(stream: MadeStream, variant: HLS.types.Variant, loudest: number): Promise<void> {
  const media = mediaOf(stream, variant.uri);
  const [bytes, seconds] = [
    sum(media.segments.map(({ uri }) => bytesOf(stream, variant.uri, uri))),
    sum(durations(media)),
  ];
  expect(variant.bandwidth).toBeGreaterThanOrEqual(peakOf(stream, variant.uri) + loudest);
  expect(variant.bandwidth).toBeLessThan((peakOf(stream, variant.uri) + loudest) * 1.02);
  expect((variant.averageBandwidth ?? 0) / ((bytes * 8) / seconds)).toBeGreaterThan(0.98);
  expect(variant.averageBandwidth).toBeLessThanOrEqual(variant.bandwidth);
  const { streams } = await ffprobe(await wholeOf(stream, variant.uri), '-show_streams');
  const picture = streams.find(({ codec_type }) => codec_type === 'video');
  expect(variant.resolution).toEqual({ width: picture?.width, height: picture?.height });
  expect(variant.frameRate).toBe(25);
  expect(variant.codecs?.split(',')).toEqual([codecOf(picture), 'mp4a.40.2']);
  expect(seconds).toBeCloseTo(5, 1);
}

/** Every byte range is one picture that decodes alone, an I-frame, at the time of its segment. */
async function checkIframes(stream: MadeStream, uri: string, { uri: whole, codecs }: HLS.types.Variant): Promise<void> {
  const playlist = mediaOf(stream, uri);
  expect([playlist.isIFrame, durations(playlist)]).toEqual([true, durations(mediaOf(stream, whole))]);
  for (const segment of playlist.segments) {
    const { length, offset } = segment.byterange;
    const content = contentOf(stream, uri, segment.uri).subarray(offset, offset + length);
    const { frames } = await ffprobe(await fileOf(stream, uri, content), '-show_frames', '-select_streams', 'v');
    expect(frames.map(({ pict_type }) => pict_type)).toEqual(['I']);
    if (codecs?.startsWith('hvc1')) expect(hevcSlice(content)).toBe(idrWithoutLeading);
  }
}

/** ITU-T H.265 table 7-1: a keyframe no later picture reaches over. */
const idrWithoutLeading = 20;

/** The type of the last NAL unit of a sample that is alone in its media data box: parameters come before the slice. */
function hevcSlice(content: Buffer): number {
  let at = content.indexOf('mdat') + 4;
  let type = -1;
  while (at + 4 < content.length) {
    type = ((content[at + 4] ?? 0) >> 1) & 63;
    at += 4 + content.readUInt32BE(at);
  }
  return type;
}

function checkDurations(stream: MadeStream, uris: readonly string[]): void {
  const targets = uris.map((uri) => {
    const media = mediaOf(stream, uri);
    expect(media.targetDuration).toBeGreaterThanOrEqual(Math.max(...durations(media).map(Math.round)));
    expect([media.playlistType, media.endlist]).toEqual(['VOD', true]);
    return media.targetDuration;
  });
  expect(new Set(targets).size).toBe(1);
}

/** When the picture of each segment begins, and that it begins with a keyframe. */
async function startsOf(stream: MadeStream, folder: string): Promise<number[]> {
  const uri = `${folder}/playlist.m3u8`;
  const starts: number[] = [];
  for (const segment of mediaOf(stream, uri).segments) {
    const path = await fileOf(stream, uri, contentOf(stream, uri, segment.uri));
    const { packets } = await ffprobe(path, '-show_packets', '-select_streams', 'v');
    expect(packets[0]?.flags).toMatch(/^K/);
    starts.push(Math.min(...packets.map(({ pts_time }) => Number(pts_time))));
  }
  return starts;
}

/** Up to one frame of 1024 samples before the picture: the encoder's priming. */
async function soundStart(stream: MadeStream, uri: string): Promise<number> {
  const { packets } = await ffprobe(await wholeOf(stream, uri), '-show_packets');
  return Number(packets[0]?.pts_time);
}

/** The heaviest run of 0.5 to 1.5 target durations, in bits per second (RFC 8216 §4.1). */
function peakOf(stream: MadeStream, uri: string): number {
  const { segments, targetDuration } = mediaOf(stream, uri);
  const rates = segments.flatMap((_, from) =>
    segments.slice(from).flatMap((_last, more) => {
      const run = segments.slice(from, from + more + 1);
      const seconds = sum(run.map(({ duration }) => duration));
      const bits = sum(run.map((segment) => bytesOf(stream, uri, segment.uri))) * 8;
      return seconds >= targetDuration / 2 && seconds <= targetDuration * 1.5 ? [bits / seconds] : [];
    }),
  );
  return Math.max(...rates);
}

interface Probed {
  readonly streams: readonly {
    readonly codec_type: string;
    readonly codec_name: string;
    readonly profile: string;
    readonly level: number;
    readonly width: number;
    readonly height: number;
  }[];
  readonly frames: readonly { readonly pict_type: string }[];
  readonly packets: readonly { readonly pts_time: string; readonly flags: string }[];
}

/** From what the decoder says, not from the bytes our code reads (RFC 6381; ISO 14496-15). */
function codecOf(picture: Probed['streams'][number] | undefined): unknown {
  if (picture?.codec_name === 'hevc') return expect.stringMatching(new RegExp(`^hvc1\\.1\\.6\\.L${picture.level}\\.`));
  const profile = { High: '6400', Main: '4d40' }[picture?.profile ?? ''];
  return `avc1.${profile}${picture?.level.toString(16).padStart(2, '0')}`;
}

async function ffprobe(path: string, ...what: string[]): Promise<Probed> {
  const { stdout } = await promisify(execFile)('ffprobe', ['-v', 'error', ...what, '-of', 'json', path]);
  return JSON.parse(stdout) as Probed;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const durations = (media: HLS.types.MediaPlaylist) => media.segments.map(({ duration }) => duration);
const textOf = ({ files }: MadeStream, name: string) => files.get(name)?.content.toString() ?? '';
const mediaOf = (stream: MadeStream, uri: string) => HLS.parse(textOf(stream, uri)) as HLS.types.MediaPlaylist;
const contentOf = ({ files }: MadeStream, playlist: string, uri: string) =>
  files.get(`${playlist.split('/')[0]}/${uri}`)?.content ?? Buffer.alloc(0);
const bytesOf = (stream: MadeStream, playlist: string, uri: string) => contentOf(stream, playlist, uri).length;

/** All segments of a rendition as one file. */
function wholeOf(stream: MadeStream, playlist: string): Promise<string> {
  const segments = mediaOf(stream, playlist).segments.map(({ uri }) => contentOf(stream, playlist, uri));
  return fileOf(stream, playlist, Buffer.concat(segments));
}

/** Behind the init segment, where there is one. */
async function fileOf(stream: MadeStream, playlist: string, content: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'farm-segment-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'file');
  await writeFile(path, Buffer.concat([contentOf(stream, playlist, 'init.mp4'), content]));
  return path;
}
