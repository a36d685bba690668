/** Scratch on a disk of 2 MiB: a step that needs more fails clearly, the farm goes on. */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningFarm, startEmbeddedFarm } from '../support/farm-processes.ts';
import { makeClip, makePhoto } from '../support/make-media.ts';

const canMount = tryToMount();
if (!canMount) process.stdout.write('skipped: a full disk needs root and permission to mount a tmpfs\n');

let farm: RunningFarm;
let dataDir: string;

describe.skipIf(!canMount)('a farm whose scratch is full', () => {
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'farm-full-'));
    await mkdir(join(dataDir, 'scratch'));
    mount(join(dataDir, 'scratch'));
    farm = await startEmbeddedFarm({ FARM_DATA_DIR: dataDir });
  });
  afterAll(async () => {
    await farm.close();
    execFileSync('umount', [join(dataDir, 'scratch')]);
    await rm(dataDir, { recursive: true, force: true });
  });

  it('fails the step that does not fit, says so, and does the next one', async () => {
    const large = await farm.client.upload('noise.bin', Buffer.alloc(3 * 1024 ** 2, 'x'));
    const job = await farm.client.submit({ input: large.id, steps: { it: { kind: 'resize', width: 64 } } });
    const done = await farm.client.finished(job.id);
    expect(done).toMatchObject({ status: 'failed', error: { code: 'scratch_full', step: 'it' } });
    expect(done.error.message).toMatch(/disk space/);
    const small = await farm.client.upload('photo.jpg', await makePhoto(300, 200));
    const next = await farm.client.submit({ input: small.id, steps: { it: { kind: 'resize', width: 64 } } });
    expect((await farm.client.finished(next.id)).status).toBe('succeeded');
  });

  it('says the same when it is ffmpeg that runs out of space', async () => {
    const clip = await farm.client.upload('clip.mp4', await makeClip(4, '640x360'));
    expect(clip.bytes).toBeLessThan(2 * 1024 ** 2);
    const steps = { it: { kind: 'transcode', container: 'mp4', video: { bitrate: 20_000_000 } } };
    const done = await farm.client.finished((await farm.client.submit({ input: clip.id, steps })).id);
    expect(done).toMatchObject({ status: 'failed', error: { code: 'scratch_full' } });
  });
});

function mount(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' });
}

function tryToMount(): boolean {
  const folder = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();
  try {
    mount(folder);
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    execFileSync('rmdir', [folder]);
  }
}
