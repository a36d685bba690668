import type { TranscodeParams } from './contract.ts';

/** Named starting points; anything a job says itself wins over them. */
export const presetNames = [
  'mp4-2160p',
  'mp4-1080p',
  'mp4-720p',
  'mp4-480p',
  'mp4-360p',
  'webm-1080p',
  'webm-720p',
  'webm-480p',
  'hls',
  'dash',
  'streaming',
  'mp3',
  'm4a',
  'opus',
  'ogg',
  'flac',
  'wav',
] as const;
export type PresetName = (typeof presetNames)[number];

type Preset = Pick<TranscodeParams, 'container' | 'video' | 'audio'>;

export function presetOf(name: PresetName): Preset {
  const [family = '', resolution] = name.split('-');
  if (family === 'mp4')
    return { container: 'mp4', video: { codec: 'h264', resolution: resolution as '720p' }, audio: { codec: 'aac' } };
  if (family === 'webm')
    return { container: 'webm', video: { codec: 'vp9', resolution: resolution as '720p' }, audio: { codec: 'opus' } };
  if (family === 'hls' || family === 'dash' || family === 'streaming') {
    return { container: family, video: { codec: 'h264' }, audio: { codec: 'aac' } };
  }
  return { container: family as 'mp3', video: false, audio: {} };
}
