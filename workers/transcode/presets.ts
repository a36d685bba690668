import type { TranscodeParams } from './params.ts';
import type { PresetName } from './preset-names.ts';

type Preset = Pick<TranscodeParams, 'container' | 'video' | 'audio'>;
type VideoFamily = 'mp4' | 'hevc' | 'av1' | 'webm';

const videoFamilies = {
  mp4: { container: 'mp4', codec: 'h264', sound: 'aac' },
  hevc: { container: 'mp4', codec: 'h265', sound: 'aac' },
  av1: { container: 'mp4', codec: 'av1', sound: 'opus' },
  webm: { container: 'webm', codec: 'vp9', sound: 'opus' },
} as const;

export function presetOf(name: PresetName): Preset {
  const [family = '', resolution] = name.split('-');
  if (family in videoFamilies) {
    const { container, codec, sound } = videoFamilies[family as VideoFamily];
    return { container, video: { codec, resolution: resolution as '720p' }, audio: { codec: sound } };
  }
  if (family === 'hls' || family === 'dash' || family === 'streaming') {
    return { container: family, video: { codec: 'h264' }, audio: { codec: 'aac' } };
  }
  return { container: family as 'mp3', video: false, audio: {} };
}
