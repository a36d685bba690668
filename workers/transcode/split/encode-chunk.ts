import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Output } from '../../kind.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { onlyInput } from '../../media/only-input.ts';
import { reportStretch } from '../../media/report-fraction.ts';
import { inStages } from '../../media/stages.ts';
import type { PartTask } from '../../splitter.ts';
import type { TranscodeParams } from '../params.ts';
import { findScaler } from '../rung-scaler.ts';
import { prepareMark } from '../watermark.ts';
import { bridgeHole } from './bridge-hole.ts';
import { checkChunk } from './check-chunk.ts';
import { chunkCommand, chunkPath } from './chunk-command.ts';
import { planChunkExtras } from './chunk-extras.ts';
import type { ChunkOrder } from './orders.ts';
import { chunkCosts, scoreChunk } from './score-chunk.ts';

/** All rungs of one stretch; of a long file it may have no more than the bytes the plan names. */
export async function encodeChunk(task: PartTask<TranscodeParams>, order: ChunkOrder): Promise<readonly Output[]> {
  const { stretch, plan, rungs } = order;
  const input = onlyInput(task);
  if (stretch.access?.bridge !== undefined) await bridgeHole(input.path, stretch.access.bridge);
  const extras = planChunkExtras(order, task.scratch);
  const mark = await prepareMark(plan.watermark, task);
  const subtitles = await writeBurn(task, order);
  const scaler = await findScaler();
  const stages = inStages(task, await chunkCosts(order));
  const parts = { mark, subtitles, scaler, root: task.scratch };
  await runFfmpeg({
    ...chunkCommand(input.path, order, { ...parts, extras }),
    inputName: input.name,
    signal: task.signal,
    onProgress: reportStretch(stages.at(0), stretch, [0.01, 0.98]),
  });
  const command = chunkCommand(input.path, order, { ...parts, extras: [] });
  const encoded = { order, command, root: task.scratch, inputName: input.name };
  const scores = await scoreChunk(stages.at(1), encoded);
  const outputs: Output[] = [];
  for (const [index, { name }] of rungs.entries()) {
    const path = chunkPath(task.scratch, index);
    const lenient = plan.video?.encoding.fps !== undefined && stretch.untilSeconds === undefined;
    const facts = await checkChunk(path, stretch, { signal: task.signal, lenient });
    outputs.push({ name: `${name}.mp4`, path, mediaType: 'video/mp4', facts: { ...facts, ...scores[index] } });
  }
  for (const { name, path, layout } of extras) {
    if ((await stat(path).catch(() => ({ size: 0 }))).size === 0) continue;
    const mediaType = layout === undefined ? 'image/jpeg' : 'application/octet-stream';
    outputs.push({ name: layout === undefined ? `${name}.jpg` : 'tiles.yuv', path, mediaType });
  }
  return outputs;
}

async function writeBurn({ scratch }: Pick<PartTask<unknown>, 'scratch'>, { burn }: ChunkOrder) {
  if (burn === undefined) return undefined;
  const path = join(scratch, 'burn.ass');
  await writeFile(path, burn);
  return path;
}
