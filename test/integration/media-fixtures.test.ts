/** Real and hostile video and sound from ../shared/fixtures, each ending as its manifest says. Needs ffmpeg; no server. */
import { describe, expect, it } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import type { Output } from '../../workers/kind.ts';
import { process as poster } from '../../workers/poster/process.ts';
import { transcodeParams } from '../../workers/transcode/contract.ts';
import { process as transcode } from '../../workers/transcode/process.ts';
import { type Fixture, fixturesAbsent, fixturesPresent, readFixtures } from '../support/fixtures.ts';
import { makeTask } from '../support/make-task.ts';

if (!fixturesPresent) process.stdout.write(`no fixtures of video and sound tried: ${fixturesAbsent}\n`);
const media = readFixtures().filter(({ kind }) => ['video', 'audio', 'hostile'].includes(kind));
/** Six minutes long: its clip shows as much. */
const clipOf = (file: string) => (file.includes('long_1080p') ? { clip: { start: 100, end: 102 } } : {});

/** Succeeds with a result, or fails with a sentence for the sender: nothing else. */
async function outcome(work: () => Promise<readonly Output[]>): Promise<string> {
  try {
    return (await work()).length > 0 ? 'ok' : 'nothing';
  } catch (error) {
    return error instanceof AppError && error.code === 'input_invalid' ? 'clean error' : `crash: ${String(error)}`;
  }
}

function check(expected: string, got: string): void {
  expect(expected === 'ok' ? ['ok'] : ['ok', 'clean error']).toContain(got);
}

describe.skipIf(!fixturesPresent)('fixtures', () => {
  it.each(media.filter(({ expected }) => expected.transcode !== '-'))(
    'transcode $kind/$file → $expected.transcode',
    async (fixture) => {
      const params =
        fixture.kind === 'audio' ? { preset: 'mp3' } : { preset: 'mp4-360p', video: { speed: 'fastest', height: 120 } };
      const task = await makeTask({
        params: transcodeParams.parse({ ...params, ...clipOf(fixture.file) }),
        files: [fileOf(fixture)],
      });
      check(fixture.expected.transcode, await outcome(() => transcode(task)));
    },
  );

  it.each(media.filter(({ kind, expected }) => kind === 'video' && expected.thumbnail !== '-'))(
    'poster $file',
    async (fixture) => {
      const task = await makeTask({ params: { width: 160 }, files: [fileOf(fixture)] });
      check(fixture.expected.thumbnail, await outcome(() => poster(task)));
    },
  );
});

function fileOf({ path, file }: Fixture): { path: string; name: string } {
  return { path, name: file };
}
