import { describe, expect, it } from 'vitest';
import { lightForSvt, lightForX265, lightIn } from './hdr-light.ts';

const display = {
  side_data_type: 'Mastering display metadata',
  ...{ red_x: '34000/50000', red_y: '16000/50000', green_x: '13250/50000', green_y: '34500/50000' },
  ...{ blue_x: '7500/50000', blue_y: '3000/50000', white_point_x: '15635/50000', white_point_y: '16450/50000' },
  ...{ min_luminance: '50/10000', max_luminance: '10000000/10000' },
};
const content = { side_data_type: 'Content light level metadata', max_content: 1000, max_average: 400 };

/** As ffprobe finds it beside the first picture. */
const beside = (...list: readonly Readonly<Record<string, unknown>>[]) =>
  lightIn({ frames: [{ side_data_list: list }] });

describe('lightIn', () => {
  it('reads what stands beside the picture, or in the container alone', () => {
    const light = beside(display, content);
    expect(light).toMatchObject({ display: { red: [0.68, 0.32], darkest: 0.005, brightest: 1000 } });
    expect(light?.content).toEqual({ brightest: 1000, brightestMean: 400 });
    expect(lightIn({ frames: [{}], streams: [{ side_data_list: [display, content] }] })).toEqual(light);
  });

  it('finds nothing where nothing is said', () => {
    expect(lightIn({ frames: [{ side_data_list: [{ rotation: 90 }] }], streams: [{}] })).toBeUndefined();
    expect(lightIn({})).toBeUndefined();
  });

  it.each([
    ['a colour that is none', { red_x: '107374182/50000' }],
    ['a negative colour', { white_point_y: '-1/50000' }],
    ['no number', { blue_x: '0/0' }],
    ['a display without light', { max_luminance: '0/10000' }],
    ['more light than the field holds', { max_luminance: '2147483647/1' }],
    ['a black brighter than its white', { min_luminance: '20000000/10000' }],
  ])('takes no notice of %s', (_what, wrong) => {
    expect(beside({ ...display, ...wrong }, content)).toEqual({ content: { brightest: 1000, brightestMean: 400 } });
  });

  it('takes no notice of more light than a field of 16 bits holds, which would wrap', () => {
    expect(beside({ ...content, max_content: 65_636 })).toBeUndefined();
  });
});

it('is written in the units of each encoder', () => {
  const light = beside(display, content) ?? {};
  expect(lightForX265(light)).toEqual([
    'master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)',
    'max-cll=1000,400',
  ]);
  expect(lightForSvt(light)).toEqual([
    'mastering-display=G(0.26500,0.69000)B(0.15000,0.06000)R(0.68000,0.32000)WP(0.31270,0.32900)L(1000.00000,0.00500)',
    'content-light=1000,400',
  ]);
});
