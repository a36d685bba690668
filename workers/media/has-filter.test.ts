import { expect, it, vi } from 'vitest';
import { hasFilter } from './find-filters.ts';
import { runTool } from './run-tool.ts';

vi.mock('./run-tool.ts', () => ({ runTool: vi.fn() }));

it('asks again where ffmpeg gave no answer, and once where it did', async () => {
  const answer = {
    signal: null,
    stdout: Buffer.from(' .S. zscale            V->V       Apply resizing.\n'),
    stderr: '',
  };
  vi.mocked(runTool)
    .mockRejectedValueOnce(new Error('spawn EAGAIN'))
    .mockResolvedValueOnce({ ...answer, code: null, signal: 'SIGKILL', stdout: Buffer.alloc(0) })
    .mockResolvedValue({ ...answer, code: 0 });
  await expect(hasFilter('zscale')).rejects.toThrow('EAGAIN');
  expect(await hasFilter('zscale')).toBe(false);
  expect(await hasFilter('zscale')).toBe(true);
  expect(await hasFilter('libvmaf')).toBe(false);
  expect(runTool).toHaveBeenCalledTimes(3);
});
