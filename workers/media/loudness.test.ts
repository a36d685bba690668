import { describe, expect, it } from 'vitest';
import { plainGain, readLoudnorm, readSummary } from './loudness.ts';

const summary = (i: string, lra: string, peak: string) => `[Parsed_ebur128_0 @ 0x5601] Summary:

  Integrated loudness:
    I:         ${i} LUFS
    Threshold: -35.2 LUFS

  Loudness range:
    LRA:         ${lra} LU
    Threshold: -45.1 LUFS
    LRA low:   -30.0 LUFS
    LRA high:  -22.0 LUFS

  True peak:
    Peak:       ${peak} dBFS
`;

describe('readSummary', () => {
  it('reads what ebur128 says last', () => {
    expect(readSummary(summary('-25.1', '4.2', '-8.7'))).toEqual({ integrated: -25.1, truePeak: -8.7, range: 4.2 });
    expect(readSummary(summary('-25.1', '4.2', '0.3'))).toMatchObject({ truePeak: 0.3 });
  });

  it('knows silence, and sound too short to have a loudness', () => {
    expect(readSummary(summary('-70.0', '0.0', '-inf'))).toEqual({});
    expect(readSummary(summary('-70.0', '0.0', '-7.9'))).toEqual({ truePeak: -7.9 });
    expect(readSummary('')).toEqual({});
  });
});

it('plainGain gives up where the peaks would rise above the ceiling', () => {
  const measured = { integrated: -20, truePeak: -6, range: 5 };
  expect(plainGain(measured, { lufs: -16, truePeak: -1.5 })).toBe('volume=4.00dB');
  expect(plainGain(measured, { lufs: -16, truePeak: -2.5 })).toBeUndefined();
});

it('readLoudnorm reads strings, and nothing of silence', () => {
  const said = (i: string) =>
    `{"input_i" : "${i}", "input_tp" : "-6.10", "input_lra" : "5.00", "input_thresh" : "-30.00", "target_offset" : "0.20"}`;
  expect(readLoudnorm(said('-20.03'))).toMatchObject({ integrated: -20.03, threshold: -30, offset: 0.2 });
  expect(readLoudnorm(said('-inf'))).toBeUndefined();
});
