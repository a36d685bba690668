import { expect, it } from 'vitest';
import { transcodeParams } from './contract.ts';

const complaint = (params: object) => {
  const { error } = transcodeParams.safeParse(params);
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
};

it.each([
  [{ preset: 'hls', segments: 'ts' }],
  [{ preset: 'streaming', firstRung: 'early', segments: 'fmp4' }],
  [{ preset: 'hls', quality: { vmaf: 93, ssim: 0.97 }, video: { maxBitrate: 5_000_000 } }],
  [{ preset: 'webm-720p', quality: { ssim: 0.95 } }],
  [{ quality: { scores: 'whole' }, video: { bitrate: 1_000_000, passes: 2 } }],
  [{ preset: 'hls', quality: { vmaf: 90, scores: 'whole' } }],
])('takes %j', (params) => {
  expect(complaint(params)).toBeUndefined();
});

it.each([
  [{ preset: 'dash', segments: 'ts' }, 'segments: expected fmp4 in dash, got ts: only hls has MPEG-TS segments'],
  [{ preset: 'mp4-720p', segments: 'ts' }, 'segments: expected fmp4 in mp4, got ts: only hls has MPEG-TS segments'],
  [
    { preset: 'hls', segments: 'ts', video: { codec: 'h265' } },
    'segments: expected fmp4: MPEG-TS segments hold h264 in eight bits',
  ],
  [{ quality: {} }, 'quality: expected vmaf, ssim or both, or scores: whole'],
  [{ quality: { scores: 'samples' } }, 'quality: expected vmaf, ssim or both, or scores: whole'],
  [
    { quality: { scores: 'whole' }, video: { codec: 'copy' } },
    'quality: expected no quality beside codec copy: nothing is encoded',
  ],
  [{ quality: { vmaf: 93 }, video: { crf: 20 } }, 'quality: expected either quality or video.crf'],
  [{ quality: { vmaf: 93 }, video: { bitrate: 1_000_000 } }, 'quality: expected either quality or video.bitrate'],
  [
    { quality: { ssim: 0.97 }, video: { codec: 'copy' } },
    'quality: expected no quality beside codec copy: nothing is encoded',
  ],
  [{ preset: 'mp3', quality: { ssim: 0.97 } }, 'quality: expected no quality: there is no picture in the result'],
  [
    { video: { bitrate: 1_000_000, ssim: 0.97 } },
    'video.ssim: expected either bitrate or ssim; maxBitrate may stand beside it',
  ],
])('refuses %j and says why', (params, message) => {
  expect(complaint(params)).toBe(message);
});
