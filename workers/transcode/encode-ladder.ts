import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../shared/errors.ts';
import type { Output, Task } from '../kind.ts';
import { runFfmpeg } from '../media/ffmpeg.ts';
import type { Source } from '../media/open-source.ts';
import { reportFraction } from '../media/report-fraction.ts';
import { refuseTruncated } from '../media/verify-output.ts';
import { chooseRungs, type Rung } from './choose-rungs.ts';
import { createSegmentEmitter } from './emit-segments.ts';
import { settleDeinterlace } from './filters.ts';
import { audioFolder, ladderCommand } from './ladder-command.ts';
import type { Plan } from './plan-transcode.ts';
import { type Rendition, readRendition } from './read-rendition.ts';
import { type PictureRendition, writeMaster } from './write-master.ts';
import { writeMpd } from './write-mpd.ts';

/** Every rung and the sound from one decode; segments are emitted as they are finished, the manifests come last. */
export async function encodeLadder(task: Task<unknown>, source: Source, plan: Plan): Promise<readonly Output[]> {
  const rungs = plan.video === undefined ? [] : chooseRungs(plan.video);
  const folders = [...rungs.map((rung) => rung.name), ...(plan.audio === undefined ? [] : [audioFolder])];
  const root = join(task.scratch, 'ladder');
  await Promise.all(folders.map((folder) => mkdir(join(root, folder), { recursive: true })));
  const deinterlace = plan.video === undefined ? 'none' : await settleDeinterlace(plan.video, source, task.signal);
  const emitter = createSegmentEmitter(task, root, folders);
  const fraction = reportFraction(task, plan.clip.seconds);
  const { log } = await runFfmpeg({
    ...ladderCommand(source, plan, rungs, deinterlace, root),
    inputName: source.file.name,
    signal: task.signal,
    onProgress: (progress) => {
      fraction(progress);
      emitter.nudge();
    },
  });
  await emitter.drain();
  return writeManifests(root, plan, rungs, source, log, task.name);
}

async function writeManifests(
  root: string,
  plan: Plan,
  rungs: readonly Rung[],
  source: Source,
  log: string,
  name: string,
): Promise<readonly Output[]> {
  const read = (folder: string) => readRendition(root, folder).catch(() => Promise.reject(nothingCame(source, log)));
  const fps = plan.video?.encoding.fps ?? source.video?.fps;
  const pictures = await Promise.all(rungs.map(async (rung) => ({ ...(await read(rung.name)), ...rung.size, fps })));
  const sound = plan.audio === undefined ? undefined : await read(audioFolder);
  const seconds = Math.max(
    ...[...pictures, ...(sound === undefined ? [] : [sound])].map((rendition) => rendition.seconds),
  );
  refuseTruncated({ seconds: plan.clip.seconds, log, inputName: source.file.name }, seconds);
  const playlists = [...pictures, ...(sound === undefined ? [] : [sound])].map((rendition) =>
    playlistOf(root, rendition),
  );
  const manifests = await Promise.all([
    ...(plan.container === 'dash'
      ? []
      : [manifest(root, `${name}.m3u8`, writeMaster(pictures, sound, plan.audio), pictures, sound)]),
    ...(plan.container === 'hls'
      ? []
      : [manifest(root, `${name}.mpd`, writeMpd(pictures, sound, plan.audio), pictures, sound)]),
  ]);
  return plan.container === 'dash' ? manifests : [...manifests, ...playlists];
}

function playlistOf(root: string, rendition: Rendition): Output {
  const name = `${rendition.folder}/playlist.m3u8`;
  return { name, path: join(root, name), mediaType: 'application/vnd.apple.mpegurl', facts: factsOf(rendition) };
}

async function manifest(
  root: string,
  name: string,
  text: string,
  pictures: readonly PictureRendition[],
  sound: Rendition | undefined,
): Promise<Output> {
  const path = join(root, name);
  await writeFile(path, text);
  const best = pictures[0] ?? sound;
  const mediaType = name.endsWith('.mpd') ? 'application/dash+xml' : 'application/vnd.apple.mpegurl';
  const codecs = sound === undefined || pictures.length === 0 ? {} : { audioCodec: 'aac' };
  return {
    name,
    path,
    mediaType,
    facts: { ...(best === undefined ? {} : factsOf(best)), ...codecs, renditions: pictures.length },
  };
}

function factsOf(rendition: Rendition | PictureRendition) {
  const codec = rendition.codec.startsWith('avc1') ? 'h264' : rendition.codec.startsWith('hvc1') ? 'hevc' : 'aac';
  return {
    durationMs: Math.round(rendition.seconds * 1000),
    bitrate: rendition.meanBitrate,
    ...('width' in rendition
      ? { width: rendition.width, height: rendition.height, videoCodec: codec }
      : { audioCodec: codec }),
  };
}

function nothingCame(source: Source, log: string): InputError {
  return new InputError(
    `Nothing in "${source.file.name}" could be decoded: it is damaged or empty. Play it to check it and send it again.`,
    new Error(log),
  );
}
