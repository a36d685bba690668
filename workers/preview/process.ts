import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { Process } from '../kind.ts';
import { displaySize, fitInside } from '../media/display-size.ts';
import { threads } from '../media/encoders.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { onlyInput } from '../media/only-input.ts';
import { openSource } from '../media/open-source.ts';
import { pictureChain } from '../media/picture-chain.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { chooseSnippets } from './choose-snippets.ts';
import type { PreviewParams } from './contract.ts';

export const process: Process<PreviewParams> = async (task) => {
  const { params, signal } = task;
  const source = await openSource(onlyInput(task), signal);
  const { video } = source;
  if (video === undefined) throw new InputError(`"${source.file.name}" has sound but no picture. Send a video.`);
  const format = params.format ?? 'webp';
  const size = fitInside(displaySize(video), { width: params.width ?? 320, height: params.height });
  const snippets = chooseSnippets(params, source.durationSeconds);
  const chain = pictureChain(video, {
    size,
    fps: params.fps ?? 12,
    pixelFormat: formats[format].pixelFormat,
    deinterlace: 'flagged',
  });
  const pieces = snippets.map((_, index) => `[${index}:${video.index}]${chain},setpts=PTS-STARTPTS[p${index}]`);
  const joined = `${snippets.map((_, index) => `[p${index}]`).join('')}concat=n=${snippets.length}${formats[format].finish}[out]`;
  const path = join(task.scratch, `preview.${format}`);
  const seconds = snippets.reduce((sum, snippet) => sum + snippet.seconds, 0);
  await runFfmpeg({
    inputs: snippets.map(({ start, seconds: length }) => ({
      path: source.file.path,
      options: ['-threads', threads, ...source.inputOptions, '-ss', start.toFixed(3), '-t', length.toFixed(3)],
    })),
    filterGraph: [...pieces, joined].join(';'),
    outputs: [{ target: path, options: ['-map', '[out]', '-an', ...formats[format].encode(params.quality ?? 60)] }],
    inputName: source.file.name,
    signal,
    onProgress: reportFraction(task, seconds),
  });
  await refuseEmpty(path, source.file.name);
  const facts = { ...size, durationMs: Math.round(seconds * 1000) };
  return [{ name: `${task.name}.${format}`, path, mediaType: formats[format].mediaType, facts }];
};

/** GIF gets a palette of its own; 4:4:4 RGB goes in so that the palette sees the colours. */
const formats = {
  webp: {
    mediaType: 'image/webp',
    pixelFormat: 'yuv420p',
    finish: '',
    encode: (quality: number) => ['-c:v', 'libwebp_anim', '-quality', String(quality), '-loop', '0', '-f', 'webp'],
  },
  gif: {
    mediaType: 'image/gif',
    pixelFormat: 'rgb24',
    finish: ',split[s1][s2];[s1]palettegen=stats_mode=diff[palette];[s2][palette]paletteuse=dither=bayer:bayer_scale=4',
    encode: () => ['-loop', '0', '-f', 'gif'],
  },
  mp4: {
    mediaType: 'video/mp4',
    pixelFormat: 'yuv420p',
    finish: '',
    encode: () => [
      '-c:v',
      'libx264',
      '-preset',
      'fast',
      '-crf',
      '28',
      '-threads',
      threads,
      '-movflags',
      '+faststart',
      '-f',
      'mp4',
    ],
  },
};

async function refuseEmpty(path: string, inputName: string): Promise<void> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  const moving = size > 0 && (!path.endsWith('.webp') || (await readFile(path)).includes('VP8'));
  if (!moving)
    throw new InputError(
      `No picture in "${inputName}" could be decoded: it is damaged. Play it to check it and send it again.`,
    );
}
