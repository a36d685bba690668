import { expect, it } from 'vitest';
import { createReader } from './without-hidden.ts';

function packet(first: number, bytes: number): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(bytes);
  return Buffer.concat([header, Buffer.alloc(bytes, first).fill(0xff, 1)]);
}

const [shown, hidden] = [0b10000, 0b00001];
const file = Buffer.concat([Buffer.alloc(32, 0xff), packet(shown, 40), packet(hidden, 1), packet(shown, 7)]);

it.each([1, 5, 13, 33, 1000])('reads which packets are shown, %i bytes at a time', (step) => {
  const reader = createReader();
  for (let at = 0; at < file.length; at += step) reader.take(file.subarray(at, at + step));
  expect(reader.finish()).toEqual([true, false, true]);
});
