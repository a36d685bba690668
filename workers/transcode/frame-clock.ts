import type { VideoPlan } from './plan.ts';

/** Ticks a second below which the muxer of MP4 doubles a clock, too. */
const fineTicks = 10_000;

/**
 * The same clock with finer ticks, as many a second. Some sources count frames (AVI) or milliseconds (Matroska), and have no tick where a
 * frame comes to lie when a clip begins between two or the speed is changed.
 */
export function fineClock([, below]: readonly [number, number]): number {
  let ticks = below;
  while (ticks < fineTicks) ticks *= 2;
  return ticks;
}

/**
 * Frames keep their own times; two at the same time become one. Sound is counted in samples: not by the clock of the file. The clock
 * is named, since `-1` finds it only where the graph has one input, and rounds to the frame rate beside a watermark. A frame rate that
 * is asked for brings its own.
 */
export function keepFrameTimes({ encoding, stream: { timeBase } }: VideoPlan): string[] {
  if (encoding.fps !== undefined) return ['-fps_mode', 'vfr'];
  return ['-fps_mode', 'vfr', '-enc_time_base:v', timeBase === undefined ? '-1' : `1:${fineClock(timeBase)}`];
}

/** Filters. The frame rate is that of the result, so frames are counted anew when they have moved. */
export function changeSpeed({ encoding: { fps }, stream: { timeBase } }: VideoPlan, speed: number): string[] {
  return [
    ...(timeBase === undefined ? [] : [`settb=1/${fineClock(timeBase)}`]),
    ...[`setpts=PTS/${speed}`, ...(fps === undefined ? [] : [`fps=${fps}`])],
  ];
}
