import { z } from 'zod';
import { audioCodecs } from '../media/containers.ts';

const channel = z.int().min(1).max(64);

/** What may be said of the sound. */
export const audioParams = z
  .strictObject({
    codec: z
      .enum([...audioCodecs, 'copy', 'auto'])
      .describe(
        'copy: take the stream as it is; auto: copy when nothing has to change; default: what the container usually holds',
      ),
    bitrate: z
      .int()
      .min(8_000)
      .max(1_500_000)
      .describe('Bits per second; default by codec and channels (AAC stereo: 128000)'),
    channels: z.int().min(1).max(8).describe('Default: as the source, at most 2 (5.1 is mixed down to stereo)'),
    map: z
      .array(z.union([channel, z.array(channel).min(1).max(64)]))
      .min(1)
      .max(8)
      .describe(
        'Each channel of the result, by the channels of the source, counted from 1: [2, 1] swaps left and right, [3] takes one, [[1, 2]] mixes two in equal parts',
      ),
    sampleRate: z.int().min(8_000).max(192_000).describe('Samples per second; default as the source, at most 48000'),
    tracks: z
      .union([z.literal('all'), z.array(z.string().min(2).max(8)).min(1).max(16)])
      .describe('all, or languages (eng, fra …) in the order wanted; default: the default track'),
    loudness: z
      .number()
      .min(-40)
      .max(-5)
      .describe('Loudness in LUFS (EBU R128), measured first; -16 for the web, -23 for broadcast'),
    truePeak: z.number().min(-9).max(0).describe('Highest true peak in dBTP beside loudness; default -1.5'),
    trimSilence: z
      .boolean()
      .describe('Cut silence (below -50 dB for half a second) from both ends; only where there is no picture'),
    cover: z.boolean().describe('The second input becomes the cover of the song (mp3, m4a, flac)'),
    gain: z.number().min(-60).max(30).describe('Decibels added'),
  })
  .partial();
