import { expect, it } from 'vitest';
import { findContradictions } from './find-contradictions.ts';
import { transcodeFields } from './params.ts';

const first = (params: object) => {
  const [found] = findContradictions(transcodeFields.parse(params));
  return found === undefined ? undefined : `${found.path.join('.')}: ${found.message}`;
};

it.each([
  [{ video: { profile: 'baseline', pixelFormat: 'yuv420p10le' } }, 'video.pixelFormat: expected yuv420p'],
  [{ video: { profile: 'high', pixelFormat: 'yuv444p' } }, 'video.pixelFormat: expected yuv420p'],
  [{ preset: 'hevc-1080p', video: { profile: 'high' } }, 'video.profile: expected one of main, main10 with h265'],
  [{ preset: 'hevc-1080p', video: { profile: 'main', hdr: 'keep' } }, 'video.pixelFormat: expected yuv420p with'],
  [{ container: 'webm', video: { profile: 'main' } }, 'video.profile: expected no profile with vp9'],
  [{ container: 'webm', video: { codec: 'av1', pixelFormat: 'yuv422p' } }, 'video.pixelFormat: expected one of'],
  [{ container: 'webm', video: { level: '4.1' } }, 'video.level: expected no level with vp9'],
  [{ video: { level: '2.3' } }, 'video.level: expected one of 1, '],
  [{ video: { crf: 60 } }, 'video.crf: expected at most 51 with h264, got 60'],
  [{ video: { bitrate: 500_000, maxBitrate: 400_000 } }, 'video.maxBitrate: expected more than bitrate'],
  [{ preset: 'av1-1080p', video: { bitrate: 500_000, maxBitrate: 500_000 } }, 'video.maxBitrate: expected more than'],
  [{ container: 'hls', video: { codec: 'copy' } }, 'video.codec: expected h264 or h265 in hls'],
  [{ container: 'mp4', video: { codec: 'copy', crf: 20 } }, 'video.codec: expected another codec than copy'],
  [{ video: false, audio: false }, 'audio: expected sound or a picture'],
  [{ preset: 'mp3', audio: { sampleRate: 96_000 } }, 'audio.sampleRate: expected one of 8000, '],
  [{ preset: 'mp3', audio: { bitrate: 500_000 } }, 'audio.bitrate: expected at most 320000 with mp3, got 500000'],
  [{ preset: 'webm-720p', audio: { sampleRate: 44_100 } }, 'audio.sampleRate: expected one of 8000, 12000, 16000'],
  [{ preset: 'opus', audio: { channels: 1, bitrate: 300_000 } }, 'audio.bitrate: expected at most 256000 with opus'],
  [{ audio: { sampleRate: 192_000 } }, 'audio.sampleRate: expected one of 7350, '],
  [{ preset: 'mp3', audio: false }, 'audio: expected sound or a picture'],
])('%j → %s', (params, message) => {
  expect(first(params)).toContain(message);
});

it.each([
  { video: { profile: 'high10', pixelFormat: 'yuv420p10le', level: '4.1' } },
  { preset: 'hevc-1080p', video: { profile: 'main10', hdr: 'keep', level: '5.1' } },
  { container: 'webm', video: { crf: 60, pixelFormat: 'yuv444p' } },
  { video: { bitrate: 500_000, maxBitrate: 500_000 } },
  { container: 'mp4', video: { codec: 'copy' } },
  { preset: 'mp3' },
  { preset: 'opus', audio: { channels: 6, bitrate: 512_000, sampleRate: 48_000 } },
  { preset: 'flac', audio: { sampleRate: 192_000 } },
])('takes %j', (params) => {
  expect(first(params)).toBeUndefined();
});
