import { describe, expect, it } from 'vitest';
import { explainFailure } from './explain-failure.ts';

const failure = (stderr: string, code: number | null = 1, signal: NodeJS.Signals | null = null) =>
  explainFailure({ code, signal, stderr, inputName: 'clip.mov' });

describe('explainFailure', () => {
  it.each([
    ['[mov @ 0x1] moov atom not found', 'input_invalid', false],
    ['Invalid data found when processing input', 'input_invalid', false],
    ['av_interleaved_write_frame(): No space left on device', 'scratch_full', true],
    ['x265 [error]: picture dimensions are out of range\nError while opening encoder for', 'input_invalid', false],
    ['something nobody has seen', 'internal_error', true],
  ])('%s → %s', (stderr, code, retryable) => {
    expect(failure(stderr)).toMatchObject({ code, retryable });
  });

  it('tells limits from crashes', () => {
    expect(failure('', null, 'SIGXCPU')).toMatchObject({ code: 'deadline_exceeded', retryable: false });
    expect(failure('', null, 'SIGXFSZ')).toMatchObject({ code: 'input_invalid' });
    expect(failure('Invalid data found', null, 'SIGSEGV')).toMatchObject({ code: 'internal_error', retryable: true });
    expect(failure('', 127)).toMatchObject({ code: 'tool_missing' });
  });

  it('tells what the encoder refused', () => {
    const stderr =
      '[libx264 @ 0x5616317be980] invalid level_idc: 23\nError while opening encoder for output stream #0:0';
    expect(failure(stderr).publicMessage).toContain('(invalid level_idc: 23)');
  });

  // ffmpeg 7.0, run by hand: threads behind a refused encoder say "Invalid data" of their own.
  it('hears the encoder before what follows from its refusal', () => {
    const refusal =
      'x265 [error]: picture dimensions are out of range for specified level\n[vost#0:0] Error while opening encoder';
    const after = '[vf#0:0] Error sending frames to consumers: Invalid data found when processing input';
    expect(failure(`${refusal}\n${after}`).publicMessage).toContain('(picture dimensions are out of range');
    const nothing = '[dec:h264] Invalid data found when processing input\n[vost#0:0] Could not open encoder before EOF';
    expect(failure(nothing).publicMessage).toContain('could not be decoded');
  });

  it('knows both ends of a program that used up its time', () => {
    const end = (code: number) =>
      explainFailure({ code, signal: null, stderr: 'partial file', inputName: 'clip.mov', cpuLimitPossible: true });
    expect([end(255).code, end(123).code, end(1).code]).toEqual([
      'deadline_exceeded',
      'deadline_exceeded',
      'input_invalid',
    ]);
  });

  it('names the file and no path', () => {
    const { publicMessage } = failure('/scratch/secret/input-0: Invalid data found when processing input');
    expect(publicMessage).toContain('"clip.mov"');
    expect(publicMessage).not.toContain('/scratch');
  });
});
