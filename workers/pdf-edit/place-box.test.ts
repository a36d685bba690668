import { expect, it } from 'vitest';
import { placeBox } from './place-box.ts';

const page = { width: 600, height: 800 };
const box = { width: 100, height: 20 };

it.each([
  ['center', 0, { x: 300, y: 400 }],
  ['top-left', 0, { x: 60, y: 20 }],
  ['bottom-right', 0, { x: 540, y: 780 }],
  ['bottom', 0, { x: 300, y: 780 }],
  ['left', 90, { x: 20, y: 400 }],
] as const)('%s, turned by %i', (position, angle, middle) => {
  const { x, y } = placeBox(page, box, { position, angle, margin: 10 });
  expect(x).toBeCloseTo(middle.x);
  expect(y).toBeCloseTo(middle.y);
});
