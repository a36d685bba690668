/** Least and greatest sample of each point, -128 … 127, in turn. */
export interface Peaks {
  readonly samplesPerPoint: number;
  readonly data: readonly number[];
}

/** Windows kept at most; twice as many are merged in pairs, so memory does not grow with the length. */
const mostWindows = 65_536;
const firstWindow = 64;

/** Takes signed 16-bit little-endian mono samples in chunks of any size. */
export function createPeakCollector() {
  let windows: [least: number, greatest: number][] = [];
  let perWindow = firstWindow;
  let [least, greatest, filled, total] = [0, 0, 0, 0];
  let odd: Buffer = Buffer.alloc(0);

  function close(): void {
    windows.push([least, greatest]);
    [least, greatest, filled] = [0, 0, 0];
    if (windows.length < mostWindows) return;
    windows = halve(windows);
    perWindow *= 2;
  }

  return {
    take(chunk: Buffer): void {
      const bytes = odd.length === 0 ? chunk : Buffer.concat([odd, chunk]);
      const even = bytes.length - (bytes.length % 2);
      odd = Buffer.from(bytes.subarray(even));
      for (let at = 0; at < even; at += 2) {
        const sample = bytes.readInt16LE(at);
        if (sample < least) least = sample;
        if (sample > greatest) greatest = sample;
        filled++;
        if (filled === perWindow) close();
      }
      total += even / 2;
    },
    /** At most so many points; fewer for a very short sound. */
    finish(points: number): Peaks {
      if (filled > 0) close();
      const perPoint = Math.max(1, Math.ceil(windows.length / points));
      const data: number[] = [];
      for (let at = 0; at < windows.length; at += perPoint) {
        const group = windows.slice(at, at + perPoint);
        data.push(
          Math.floor(Math.min(...group.map(([low]) => low)) / 256),
          Math.floor(Math.max(...group.map(([, high]) => high)) / 256),
        );
      }
      return { samplesPerPoint: perPoint * perWindow, data };
    },
    total: () => total,
  };
}

function halve(windows: readonly [number, number][]): [number, number][] {
  const merged: [number, number][] = [];
  for (let at = 0; at < windows.length; at += 2) {
    const [first = [0, 0], second = first] = [windows[at], windows[at + 1]];
    merged.push([Math.min(first[0], second[0]), Math.max(first[1], second[1])]);
  }
  return merged;
}
