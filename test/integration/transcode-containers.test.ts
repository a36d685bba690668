/** Every codec a container is said to hold, in that container. Needs ffmpeg; no server. */
import { expect, it } from 'vitest';
import { containers, type FileContainer, fileContainers } from '../../workers/media/containers.ts';
import { quickVideo, renderClip, testSources } from '../support/render-clip.ts';
import { runTranscode } from '../support/run-kind.ts';

const seenAs: Readonly<Record<string, string>> = { h265: 'hevc', pcm: 'pcm_s16le' };
const ownName = (codec: string) => seenAs[codec] ?? codec;

const pairs = fileContainers.flatMap((container) =>
  (['video', 'audio'] as const).flatMap((part) =>
    containers[container][part].map((codec): [FileContainer, 'video' | 'audio', string] => [container, part, codec]),
  ),
);

it.each(pairs)('%s holds %s in %s', async (container, part, codec) => {
  const input = await renderClip('in.mp4', ...testSources(0.4, '160x90'), ...quickVideo);
  const fast = part === 'video' ? { speed: 'fastest' } : {};
  const { seen } = await runTranscode({ container, [part]: { codec, ...fast } }, input);
  expect(seen[part]?.codec_name).toBe(ownName(codec));
});
