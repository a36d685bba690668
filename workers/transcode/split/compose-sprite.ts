import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import type { SpriteLayout } from '../../media/sprite.ts';
import { type JoinTask, SplitMismatch } from '../../splitter.ts';
import { filesNamed } from './join-input.ts';
import type { JoinFacts } from './orders.ts';

/** Tiles lie as raw pictures in the pieces: the sheet is encoded once, as in a whole run. */
export async function composeSprite(
  task: JoinTask<unknown>,
  { tiles, inputName }: JoinFacts,
  layout: SpriteLayout,
  path: string,
): Promise<void> {
  const { width, height } = layout.tile;
  const bytes = width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
  const pictures: Buffer[] = [];
  for (const file of filesNamed(task.parts, 'tiles.yuv'))
    for (let at = 0; at + bytes <= file.bytes; at += bytes) pictures.push(await readAt(file.path, at, bytes));
  const ordered = tiles.map((tile) => pictures[tile]);
  if (ordered.some((picture) => picture === undefined))
    throw new SplitMismatch('Pictures of the time line are missing.');
  const raw = join(task.scratch, 'tiles.yuv');
  const file = await open(raw, 'w');
  try {
    for (const picture of ordered) await file.write(picture ?? Buffer.alloc(0));
  } finally {
    await file.close();
  }
  await runFfmpeg({
    inputs: [{ path: raw, options: [...rawPictures, '-video_size', `${width}x${height}`] }],
    filterGraph: `[0:v]setsar=1,tile=${layout.columns}x${layout.rows}[sheet]`,
    outputs: [
      {
        target: path,
        options: ['-map', '[sheet]', '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '4', '-update', '1', '-f', 'image2'],
      },
    ],
    inputName,
    signal: task.signal,
  });
}

const rawPictures = [
  ...['-protocol_whitelist', 'file', '-format_whitelist', 'rawvideo', '-f', 'rawvideo'],
  ...['-pixel_format', 'yuvj420p'],
];

async function readAt(path: string, position: number, bytes: number): Promise<Buffer> {
  const file = await open(path);
  try {
    return (await file.read(Buffer.alloc(bytes), 0, bytes, position)).buffer;
  } finally {
    await file.close();
  }
}
