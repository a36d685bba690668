import { describe, expect, it } from 'vitest';
import { readScore } from './compare-pictures.ts';
import { dropRungs } from './drop-rungs.ts';
import { crossing, findCrf, mostTrials } from './find-crf.ts';
import { levelOf, settleGoal } from './quality-goal.ts';

const decibels = (target: number) => ({ metric: 'ssim' as const, target });

it('finds where the line through two trials meets the target, in bounds', () => {
  // 0.99 is 20 dB, 0.9 is 10 dB, 0.97 is 15.23 dB.
  expect(crossing({ crf: 32, ssim: 0.9 }, { crf: 22, ssim: 0.99 }, decibels(15.23))).toBe(27);
  expect(crossing({ crf: 32, ssim: 0.99 }, { crf: 22, ssim: 0.999 }, decibels(5))).toBe(45);
  expect(crossing({ crf: 32, ssim: 0.5 }, { crf: 22, ssim: 0.5 }, decibels(15))).toBe(12);
});

/** Scores by CRF, and what was asked. */
function watched(vmaf: (crf: number) => number) {
  const tried: number[] = [];
  const likely: number[] = [];
  const measure = async (crf: number) => {
    tried.push(crf);
    return { crf, ssim: 0.5, psnr: 30, vmaf: vmaf(crf) };
  };
  const goal = { metric: 'vmaf' as const, target: 90, tolerance: 0.5, near: 1.2, step: 2 };
  const find = (from?: number) => findCrf(measure, goal, { from, onLikely: (more) => void likely.push(more) });
  return { find, tried, likely };
}

it('steps to where a usual curve meets the goal, and is done when that is near', async () => {
  const { find, tried, likely } = watched((crf) => 119 - crf * 1.2);
  expect([(await find()).crf, tried]).toEqual([24, [28, 24]]);
  expect(likely.map(Math.round)).toEqual([1, 0]);
});

it('is done at once when the rung before had the right one', async () => {
  const { find, tried } = watched((crf) => 119 - crf * 1.2);
  expect([(await find(24)).crf, tried]).toEqual([24, [24]]);
});

it('follows the line through two trials where the curve is another', async () => {
  const { find, tried, likely } = watched((crf) => 104 - crf * 0.5);
  expect([(await find()).crf, tried]).toEqual([28, [28]]);
  expect(likely).toEqual([0]);
  const steep = watched((crf) => 162 - crf * 3);
  expect([(await steep.find()).crf, steep.tried]).toEqual([24, [28, 18, 24]]);
});

it('goes one lower when the line just missed', async () => {
  const scores: Readonly<Record<number, number>> = { 32: 78, 22: 98, 26: 89.4, 25: 91 };
  const { find, tried } = watched((crf) => scores[crf] ?? 0);
  expect([(await find(32)).crf, tried]).toEqual([25, [32, 22, 26, 25]]);
});

it('goes two lower than all when none of its trials reached the goal', async () => {
  const { find, tried } = watched((crf) => (crf < 20 ? 95 : 60));
  const best = await find();
  expect(best.vmaf).toBe(95);
  expect(tried.length).toBeLessThanOrEqual(mostTrials);
});

it('takes the lowest CRF there is where the goal is out of reach, and tries none twice', async () => {
  const { find, tried } = watched((crf) => 80 - crf);
  expect([(await find()).crf, tried]).toEqual([12, [28, 18, 12]]);
});

it('reads what the filters say', () => {
  const size = { width: 1920, height: 1080 };
  const log =
    '[ssim@a @ 0x1] SSIM Y:0.972 (15.5) U:0.98 (17) All:0.975 (16)\n[psnr@a @ 0x2] PSNR y:38.25 u:40 v:41 average:39';
  expect(readScore(log, { name: 'a', size })).toEqual({ ssim: 0.972, psnr: 38.25 });
  expect(() => readScore(log, { name: 'b', size })).toThrow('nothing');
  expect(readScore(`${log}\n[libvmaf@a @ 0x5] VMAF score: 93.125432`, { name: 'a', size })).toMatchObject({
    vmaf: 93.125432,
    vmafModel: 'vmaf_v0.6.1',
  });
});

describe('settleGoal', () => {
  it('steers by VMAF where it can be measured, else by the SSIM that was given or about fits', () => {
    expect(settleGoal({ vmaf: 93, ssim: 0.98 }, true)).toMatchObject({ metric: 'vmaf', target: 93 });
    const fallback = settleGoal({ vmaf: 93, ssim: 0.98 }, false);
    expect([fallback.metric, fallback.target]).toEqual(['ssim', levelOf({ ssim: 0.98 }, { metric: 'ssim' })]);
    expect(settleGoal({ vmaf: 93 }, false).target).toBeCloseTo(levelOf({ ssim: 0.97 }, { metric: 'ssim' }), 1);
    expect(settleGoal({ vmaf: 80 }, false).target).toBeLessThan(12.1);
    expect(settleGoal({ ssim: 0.9 }, true).metric).toBe('ssim');
  });
});

describe('dropRungs', () => {
  const names = (offers: readonly [string, number, number][]) =>
    dropRungs(
      offers.map(([name, bytes, onScreen]) => ({ rung: { name }, bytes, onScreen })),
      0.5,
    ).kept.map(({ rung }) => rung.name);

  it('keeps a ladder in which every rung is smaller and looks worse', () => {
    expect(
      names([
        ['1080p', 900, 15.2],
        ['720p', 500, 13],
        ['480p', 260, 11],
      ]),
    ).toEqual(['1080p', '720p', '480p']);
  });

  it('drops a top that looks like the rung below it', () => {
    expect(
      names([
        ['1080p', 900, 15.2],
        ['720p', 500, 15],
        ['480p', 260, 11],
      ]),
    ).toEqual(['720p', '480p']);
  });

  it('drops a rung that is hardly smaller than the one above, but never all', () => {
    expect(
      names([
        ['720p', 500, 15],
        ['480p', 450, 12],
        ['360p', 200, 10],
      ]),
    ).toEqual(['720p', '360p']);
    expect(names([['720p', 500, 15]])).toEqual(['720p']);
    expect(
      names([
        ['720p', 500, 15],
        ['480p', 520, 15],
      ]),
    ).toEqual(['720p']);
  });
});
