import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { Process } from '../kind.ts';
import { assumedMatrix, tellMatrix } from '../media/colour-matrix.ts';
import { displaySize } from '../media/display-size.ts';
import { threads } from '../media/encoders.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import { onlyInput } from '../media/only-input.ts';
import { openSource } from '../media/open-source.ts';
import { isHdr, pictureChain } from '../media/picture-chain.ts';
import { probeMedia } from '../media/probe-media.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { layOutSprite, spriteChain, writeSpriteTrack } from '../media/sprite.ts';
import { refuseCutOff } from '../media/verify-output.ts';
import type { SpriteParams } from './contract.ts';

/** Above this length only keyframes are decoded: a fourteenth of the work, and they are closer than the pictures then. */
const keyframesFromSeconds = 120;

export const process: Process<SpriteParams> = async (task) => {
  const source = await openSource(onlyInput(task), task.signal);
  const { video, durationSeconds } = source;
  if (video === undefined) throw new InputError(`"${source.file.name}" has sound but no picture. Send a video.`);
  refuseCutOff(source);
  const { every, columns, width } = task.params;
  const layout = layOutSprite(durationSeconds, displaySize(video), { everySeconds: every, columns, width });
  const sheet = join(task.scratch, 'sprite.jpg');
  const keyframes = durationSeconds > keyframesFromSeconds ? ['-skip_frame', 'nokey'] : [];
  const assumed = assumedMatrix(video);
  const mapped = isHdr(video)
    ? [pictureChain(video, { size: layout.tile, pixelFormat: 'yuv420p', deinterlace: 'none' })]
    : assumed === undefined
      ? []
      : [tellMatrix(assumed)];
  await runFfmpeg({
    inputs: [{ path: source.file.path, options: ['-threads', threads, ...keyframes, ...source.inputOptions] }],
    outputs: [
      {
        target: sheet,
        options: [
          ...['-map', `0:${video.index}`, '-vf', [...mapped, spriteChain(layout)].join(',')],
          ...['-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '4', '-update', '1', '-f', 'image2'],
        ],
      },
    ],
    inputName: source.file.name,
    signal: task.signal,
    onProgress: reportFraction(task, durationSeconds),
  });
  const seen = await probeMedia({ path: sheet, demuxer: 'jpeg_pipe', name: source.file.name, signal: task.signal });
  const track = join(task.scratch, 'sprite.vtt');
  await writeFile(track, writeSpriteTrack(layout, durationSeconds, `${task.name}.jpg`));
  const facts = { width: seen.video[0]?.width ?? 0, height: seen.video[0]?.height ?? 0, pictures: layout.count };
  return [
    { name: `${task.name}.jpg`, path: sheet, mediaType: 'image/jpeg', facts },
    {
      name: `${task.name}.vtt`,
      path: track,
      mediaType: 'text/vtt',
      facts: { durationMs: Math.round(durationSeconds * 1000) },
    },
  ];
};
