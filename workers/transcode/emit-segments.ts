import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../kind.ts';
import { mergeSplinter } from './merge-splinter.ts';

/**
 * Stores segments while ffmpeg still works on the next ones. `nudge` is called on every progress report, `drain` at the end of each
 * pass; a sweep never overlaps itself, so storing slower than encoding just leaves files in the scratch. The newest
 * segment of sound waits: a splinter may come after it, to be put into it.
 */
export function createSegmentEmitter(task: Pick<Task<unknown>, 'emit'>, root: string, folders: readonly string[]) {
  const seen = new Set<string>();
  let running: Promise<void> = Promise.resolve();
  let failure: unknown;
  let queued = false;

  async function sweep(ended: boolean): Promise<void> {
    for (const folder of folders) {
      const sound = holdsSound(folder);
      const files = finishedFiles(await readdir(join(root, folder)));
      for (const file of sound && !ended ? files.slice(0, -1) : files) {
        const name = `${folder}/${file}`;
        if (seen.has(name)) continue;
        seen.add(name);
        await task.emit({ name, path: join(root, folder, file), mediaType: mediaTypeOf(folder, file) });
      }
    }
  }

  return {
    /** Starts a sweep unless one is waiting already. */
    nudge(): void {
      if (queued || failure !== undefined) return;
      queued = true;
      running = running.then(() => {
        queued = false;
        return sweep(false);
      });
      running = running.catch((error: unknown) => {
        failure = error;
      });
    },
    /** Waits for everything that is finished to be stored. @throws what storing threw. */
    async drain(): Promise<void> {
      await running;
      if (failure !== undefined) throw failure;
      for (const folder of folders.filter(holdsSound)) await mergeSplinter(join(root, folder));
      await sweep(true);
    },
  };
}

/** `audio`, `audio-2-fra`. */
const holdsSound = (folder: string) => folder.startsWith('audio');

/** The init segment is whole once a media segment has got its final name; transport streams have none. */
function finishedFiles(files: readonly string[]): string[] {
  const transport = files.filter((file) => file.endsWith('.ts')).sort();
  const segments = files.filter((file) => file.endsWith('.m4s')).sort();
  return segments.length > 0 && files.includes('init.mp4') ? ['init.mp4', ...segments] : transport;
}

function mediaTypeOf(folder: string, file: string): string {
  if (file.endsWith('.ts')) return 'video/mp2t';
  if (file.endsWith('.m4s')) return 'video/iso.segment';
  return holdsSound(folder) ? 'audio/mp4' : 'video/mp4';
}
