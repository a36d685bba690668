/** Named starting points; anything a job says itself wins over them. See presets.ts for what they mean. */
export const presetNames = [
  'mp4-2160p',
  'mp4-1080p',
  'mp4-720p',
  'mp4-480p',
  'mp4-360p',
  'hevc-2160p',
  'hevc-1080p',
  'av1-1080p',
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
