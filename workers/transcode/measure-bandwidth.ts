interface Piece {
  readonly bytes: number;
  readonly seconds: number;
}

/** EXT-X-TARGETDURATION of these segments: no EXTINF, rounded, may be larger (RFC 8216 §4.3.3.1). */
export function targetDuration(segments: readonly Pick<Piece, 'seconds'>[]): number {
  return Math.max(1, ...segments.map(({ seconds }) => Math.round(seconds)));
}

/**
 * Bits per second of the heaviest run of segments that lasts 0.5 to 1.5 target durations, as RFC 8216 §4.1 defines the peak; of all
 * of them when every run is shorter.
 */
export function peakBitrate(segments: readonly Piece[], target: number): number {
  const heaviest = segments.reduce((most, _, first) => Math.max(most, heaviestRun(segments, first, target)), 0);
  return heaviest === 0 ? meanBitrate(segments) : Math.ceil(heaviest);
}

export function meanBitrate(segments: readonly Piece[]): number {
  const seconds = segments.reduce((sum, segment) => sum + segment.seconds, 0);
  return Math.ceil((segments.reduce((sum, segment) => sum + segment.bytes, 0) * 8) / seconds);
}

function heaviestRun(segments: readonly Piece[], first: number, target: number): number {
  let [heaviest, seconds, bytes] = [0, 0, 0];
  for (let index = first; index < segments.length; index++) {
    seconds += segments[index]?.seconds ?? 0;
    bytes += segments[index]?.bytes ?? 0;
    if (seconds > target * 1.5) break;
    if (seconds >= target * 0.5) heaviest = Math.max(heaviest, (bytes * 8) / seconds);
  }
  return heaviest;
}
