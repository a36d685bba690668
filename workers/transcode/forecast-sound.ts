import type { AudioCodec } from '../media/containers.ts';
import type { AudioPlan, Plan } from './plan.ts';

/** What sound costs, in seconds of one core for a second of it (forecast.ts says how that was measured). Here: of one channel; reading it comes on top. */
const encodingPerSecond: Readonly<Record<AudioCodec, number>> = {
  ...{ aac: 0.0055, opus: 0.0028, mp3: 0.0029, vorbis: 0.0035, flac: 0.0006, pcm: 0.0002 },
};
const readingPerSecond = 0.001;
const meteringPerSecond = 0.0035;
/** loudnorm, for its measuring and for its limiting alike. */
const limitingPerSecond = 0.0185;

/**
 * How likely the peaks of each track have to be limited, 0 … 1. It shows while the sound is measured, and changes the work from three
 * seconds to eleven for four minutes of music. What nothing was heard of yet is taken for so likely, between the two.
 */
export type Limiting = readonly (number | undefined)[];
const unheard = 0.15;

/** Of measuring a track: the meter, and the limiter's own measuring that may follow. */
export function forecastMeasuring(limiting: number = unheard): readonly [number, number] {
  return [meteringPerSecond, limiting * limitingPerSecond];
}

/** Measuring every track that has to have a loudness. */
export function forecastListening({ audio, clip, speed }: Plan, limiting: Limiting = []): number {
  const one = ({ loudness }: AudioPlan, position: number) => {
    const [meter, limiter] = forecastMeasuring(limiting[position]);
    return loudness === undefined ? 0 : meter + limiter;
  };
  return clip.seconds * speed * audio.reduce((sum, track, position) => sum + one(track, position), 0);
}

/** Encoding it. */
export function forecastSound({ audio, clip, speed }: Plan, limiting: Limiting = []): number {
  const one = ({ encoding, loudness, copy }: AudioPlan, position: number) => {
    if (copy) return 0;
    const limiter = loudness === undefined ? 0 : (limiting[position] ?? unheard) * limitingPerSecond;
    return readingPerSecond + encodingPerSecond[encoding.codec] * encoding.channels + limiter;
  };
  return clip.seconds * speed * audio.reduce((sum, track, position) => sum + one(track, position), 0);
}
