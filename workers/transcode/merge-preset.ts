import type { TranscodeParams } from './params.ts';
import { presetOf } from './presets.ts';

/** Presets below, the job's own words on top; `false` wins over everything. */
export function mergePreset(params: TranscodeParams): TranscodeParams {
  const named = params.preset ?? (params.container === undefined ? 'mp4-1080p' : undefined);
  if (named === undefined) return params;
  const preset = presetOf(named);
  const other = params.container !== undefined && params.container !== preset.container;
  return {
    ...params,
    container: params.container ?? preset.container,
    video: merge(other ? withoutCodec(preset.video) : preset.video, params.video),
    audio: merge(other ? withoutCodec(preset.audio) : preset.audio, params.audio),
  };
}

function merge<T extends object>(below: T | false | undefined, above: T | false | undefined): T | false | undefined {
  if (above === undefined) return below;
  return above === false || below === false || below === undefined ? above : { ...below, ...above };
}

/** Another container than the preset's chooses its own codec. */
function withoutCodec<T extends { codec?: unknown }>(wish: T | false | undefined): T | false | undefined {
  return wish === false || wish === undefined ? wish : { ...wish, codec: undefined };
}
