import { z } from 'zod';
import { videoCodecs } from '../media/containers.ts';
import { isColour, isOpaque } from '../media/css-colours.ts';
import { speeds } from '../media/encoders.ts';

export const resolutions = ['2160p', '1440p', '1080p', '720p', '480p', '360p', '240p'] as const;
const bitsPerSecond = z.int().min(8_000).max(200_000_000);
const pixels = z.int().min(2).max(8192);

export const crop = z.strictObject({
  x: z.int().min(0).describe('Left edge, in pixels of the upright source'),
  y: z.int().min(0).describe('Upper edge'),
  width: pixels,
  height: pixels,
});

export const pad = z.strictObject({
  aspect: z
    .string()
    .regex(/^\d{1,4}:\d{1,4}$/)
    .describe('Shape of the canvas, e.g. 16:9'),
  color: z
    .string()
    .regex(/^(#[0-9a-fA-F]{6}|[a-z]{3,20})$/)
    .refine((color) => isColour(color) && isOpaque(color), 'expected #rrggbb or the CSS name of a colour')
    .default('black')
    .describe('#rrggbb or a name of CSS'),
});

/** What may be said of the picture. */
export const videoParams = z
  .strictObject({
    codec: z
      .enum([...videoCodecs, 'copy', 'auto'])
      .describe(
        'copy: take the stream as it is (a clip then begins at a keyframe); auto: copy when nothing has to change; default: what the container usually holds',
      ),
    resolution: z
      .enum(resolutions)
      .describe('The largest 16:9 box to fit into, turned for upright video; a smaller source keeps its size'),
    width: pixels.describe('Largest width in pixels; the shape is kept and nothing is enlarged'),
    height: pixels.describe('Largest height in pixels; the shape is kept and nothing is enlarged'),
    fps: z.number().min(1).max(120).describe('Constant frame rate; default: the frames as they come'),
    crf: z
      .int()
      .min(0)
      .max(63)
      .describe('Constant quality, lower is better; default 23 (h264), 27 (h265), 33 (vp9), 35 (av1)'),
    ssim: z
      .number()
      .min(0.8)
      .max(0.999)
      .describe(
        'Quality target instead of crf: samples of the source are encoded until the mean SSIM of the luma is met (0.97 looks good)',
      ),
    bitrate: bitsPerSecond.describe('Mean bits per second, instead of constant quality'),
    maxBitrate: bitsPerSecond.describe('Upper bound in bits per second, beside crf or bitrate'),
    passes: z.literal([1, 2]).describe('2: measure first, then encode to the bitrate (h264, h265, vp9)'),
    speed: z.enum(speeds).describe('How much time to spend for fewer bytes; default fast'),
    profile: z.enum(['baseline', 'main', 'high', 'main10', 'high10']).describe('Of h264 and h265'),
    level: z
      .string()
      .regex(/^[1-6](\.[0-3])?$/)
      .describe('Of h264 and h265, e.g. 4.1'),
    pixelFormat: z
      .enum(['yuv420p', 'yuv420p10le', 'yuv422p', 'yuv444p'])
      .describe('Default yuv420p, which every player takes'),
    keyframeSeconds: z
      .number()
      .min(0.5)
      .max(20)
      .describe('Keyframes at multiples of so many seconds; segments of hls and dash are cut there'),
    deinterlace: z.enum(['auto', 'always', 'never']).describe('Default auto: fields are detected and joined'),
    hdr: z
      .enum(['sdr', 'keep'])
      .describe('Default sdr: HDR10 and HLG are tone-mapped; keep: ten bits as they are (h265, vp9, av1)'),
    crop: z
      .union([crop, z.literal('auto')])
      .describe('Only this part of the picture; auto: what is not black bars, found by looking at ten places'),
    pad: pad.describe('Bars around the picture until it has this shape'),
  })
  .partial();
