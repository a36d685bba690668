import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { measureDuration } from './measure-duration.ts';
import { runTool, type ToolResult } from './run-tool.ts';

vi.mock('./run-tool.ts', () => ({ runTool: vi.fn() }));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'measure-duration-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What ffprobe finds in an AIFF that declares a megabyte and has a tenth of it. */
async function measure(end: Pick<ToolResult, 'code' | 'signal'>) {
  const path = join(folder, 'short.aiff');
  const bytes = Buffer.alloc(100_000);
  bytes.write('FORM', 'latin1');
  bytes.writeUInt32BE(1_000_000, 4);
  await writeFile(path, bytes);
  vi.mocked(runTool).mockImplementation(async ({ onStdout }) => {
    onStdout?.(Buffer.from('0.0,0.5\n0.5,0.5\n'));
    return { ...end, stdout: Buffer.alloc(0), stderr: '' };
  });
  const file = { reference: 'short.aiff', path, name: 'short.aiff', bytes: bytes.length, mediaType: 'audio/aiff' };
  const media = {
    format: 'aiff',
    durationSeconds: 10,
    video: [],
    audio: [],
    subtitles: [],
    artwork: [],
    chapters: [],
    tags: {},
  };
  return measureDuration({ file, demuxer: 'aiff', media, signal: new AbortController().signal });
}

describe('measureDuration', () => {
  it('says where a file ends that lacks bytes', async () => {
    expect(await measure({ code: 0, signal: null })).toEqual({ seconds: 10, exact: true, cutOff: { seconds: 1 } });
  });

  it('claims nothing when it could not read to the end', async () => {
    expect(await measure({ code: null, signal: 'SIGKILL' })).toEqual({ seconds: 10, exact: false });
  });
});
