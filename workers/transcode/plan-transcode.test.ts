import { describe, expect, it } from 'vitest';
import type { Source } from '../media/open-source.ts';
import { readProbe } from '../media/probe-media.ts';
import { transcodeParams } from './contract.ts';
import { planTranscode } from './plan-transcode.ts';

function sourceOf(streams: readonly Record<string, unknown>[], seconds = 10): Source {
  const media = readProbe({ streams: streams as never, format: { format_name: 'mov', duration: String(seconds) } });
  return {
    file: { path: '/nowhere', bytes: 1, mediaType: 'video/mp4', name: 'clip.mov', reference: 'input' },
    demuxer: 'mov',
    media,
    video: media.video[0],
    audio: media.audio[0],
    durationSeconds: seconds,
    inputOptions: [],
  };
}

const picture = {
  index: 0,
  codec_type: 'video',
  codec_name: 'h264',
  width: 1920,
  height: 1080,
  avg_frame_rate: '25/1',
};
const surround = { index: 1, codec_type: 'audio', codec_name: 'aac', channels: 6, sample_rate: '96000' };
const plan = (params: object, source = sourceOf([picture, surround])) =>
  planTranscode(transcodeParams.parse(params), source);

describe('planTranscode', () => {
  it('makes an MP4 within 1080p when nothing is said', () => {
    expect(plan({})).toMatchObject({
      container: 'mp4',
      video: { size: { width: 1920, height: 1080 }, encoding: { codec: 'h264' } },
    });
  });

  it('lets explicit fields win over the preset', () => {
    const { video, audio } = plan({ preset: 'mp4-720p', video: { crf: 30, height: 100 }, audio: { channels: 1 } });
    expect(video).toMatchObject({ encoding: { codec: 'h264', crf: 30 }, size: { width: 178, height: 100 } });
    expect(audio[0]?.encoding).toMatchObject({ codec: 'aac', channels: 1 });
  });

  it('takes the codecs of another container than the preset names', () => {
    const { video, audio } = plan({ preset: 'mp4-720p', container: 'webm' });
    expect(video).toMatchObject({ encoding: { codec: 'vp9' }, size: { width: 1280, height: 720 } });
    expect(audio[0]?.encoding.codec).toBe('opus');
  });

  it('mixes surround down and bounds the sample rate', () => {
    expect(plan({ preset: 'mp4-720p' }).audio[0]?.encoding).toMatchObject({ channels: 2, sampleRate: 48_000 });
  });

  it('takes a clock of milliseconds, as recordings of browsers have, for no rate', () => {
    const usual = (rate: string) =>
      plan({ speed: 2 }, sourceOf([{ ...picture, avg_frame_rate: rate }])).video?.encoding.usualFps;
    expect(['25/1', '240/1', '1000/1', '90000/1'].map(usual)).toEqual([50, 480, undefined, undefined]);
  });

  it('leaves out what is false, and the picture in a sound file', () => {
    expect(plan({ preset: 'mp4-720p', audio: false }).audio).toEqual([]);
    expect(plan({ preset: 'mp3' }).video).toBeUndefined();
  });

  it('refuses what the source cannot give, and says so', () => {
    expect(() => plan({ preset: 'mp3' }, sourceOf([picture]))).toThrow(
      '"clip.mov" has only a picture, but sound was asked for',
    );
    expect(() => plan({ clip: { start: 11 } })).toThrow('begins at 11 s, but "clip.mov" ends at 10.0 s');
  });

  it('knows how long the result will be', () => {
    expect(plan({ clip: { start: 2, end: 5 } }).clip.seconds).toBe(3);
    expect(plan({ clip: { start: 8, end: 500 } }).clip.seconds).toBe(2);
  });

  it('does not take a cover for video', () => {
    const cover = { ...picture, disposition: { attached_pic: 1 } };
    expect(plan({ preset: 'mp4-720p' }, sourceOf([cover, surround])).video).toBeUndefined();
  });
});

describe('transcodeParams', () => {
  it('refuses unknown fields and clips that end before they begin', () => {
    expect(transcodeParams.safeParse({ presett: 'mp3' }).success).toBe(false);
    expect(transcodeParams.safeParse({ clip: { start: 5, end: 5 } }).success).toBe(false);
  });
});
