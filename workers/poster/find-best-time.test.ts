import { describe, expect, it } from 'vitest';
import { chooseBest, readCandidates } from './find-best-time.ts';

describe('chooseBest', () => {
  it('passes over black and white pictures', () => {
    expect(
      chooseBest([
        { seconds: 0, brightness: 16, entropy: 0, blur: undefined },
        { seconds: 4, brightness: 90, entropy: 0.8, blur: 5 },
        { seconds: 8, brightness: 235, entropy: 0.9, blur: 4 },
      ]),
    ).toBe(4);
  });

  it('passes over a picture out of focus for a sharp one that shows a little less', () => {
    expect(
      chooseBest([
        { seconds: 1, brightness: 90, entropy: 0.9, blur: 10.1 },
        { seconds: 4, brightness: 90, entropy: 0.8, blur: 4.3 },
      ]),
    ).toBe(4);
  });

  it('takes what there is when everything is black, and 0 when there is nothing', () => {
    expect(chooseBest([{ seconds: 2, brightness: 16, entropy: 0.1, blur: undefined }])).toBe(2);
    expect(chooseBest([])).toBe(0);
  });
});

it('reads what the metadata filter prints', () => {
  const report = `frame:0    pts:0       pts_time:1.5
lavfi.signalstats.YAVG=93.4
lavfi.blur=4.33
lavfi.entropy.normalized_entropy.normal.Y=0.71
frame:1    pts:1       pts_time:2
lavfi.signalstats.YAVG=10`;
  expect(readCandidates(report)).toEqual([{ seconds: 1.5, brightness: 93.4, entropy: 0.71, blur: 4.33 }]);
});
