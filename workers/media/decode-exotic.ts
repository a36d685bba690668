import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type AppError, InputError } from '../../shared/errors.ts';
import { formatLabels, type ImageFormat } from './image-formats.ts';
import { guardedInput } from './probe-media.ts';
import { runTool, type ToolResult } from './run-tool.ts';

/** Which of the formats sharp cannot read is read how (ADR 0010). */
const byUs: readonly ImageFormat[] = ['heic', 'bmp', 'ico', 'psd'];
const byFfmpeg: Partial<Record<ImageFormat, string>> = {
  jxl: 'jpegxl_pipe',
  jp2: 'j2k_pipe',
  qoi: 'qoi_pipe',
  bmp: 'bmp_pipe',
  psd: 'psd_pipe',
  'avif-sequence': 'mov',
};

const timeoutMs = 60_000;

/** V8 reserves tens of gigabytes of addresses for WebAssembly and touches few; the decoders check sizes before they take memory. */
const ourLimits = { memoryBytes: 256 * 1024 ** 3, cpuSeconds: 50, fileBytes: 0 };
const ffmpegLimits = { memoryBytes: 4 * 1024 ** 3, cpuSeconds: 50, fileBytes: 0 };
const maxPngBytes = 300 * 1024 ** 2;

export const isExotic = (format: ImageFormat): boolean => byUs.includes(format) || format in byFfmpeg;

/** The picture as a PNG, or as an animated lossless WebP. @throws InputError when it cannot be read. */
export async function decodeExotic(format: ImageFormat, path: string, signal: AbortSignal): Promise<Buffer> {
  const demuxer = byFfmpeg[format];
  const own = byUs.includes(format) ? await decodeInChild(format, path, signal) : undefined;
  if (own?.code === 0 && own.stdout.length > 0) return own.stdout;
  if (demuxer !== undefined && namedFault(own) === undefined) {
    const png = await decodeByFfmpeg(format, demuxer, path, signal);
    if (png !== undefined) return png;
  }
  throw explain(format, own);
}

async function decodeInChild(format: ImageFormat, path: string, signal: AbortSignal): Promise<ToolResult> {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const main = fileURLToPath(new URL('./exotic/main.ts', import.meta.url));
  const args = ['--max-old-space-size=1024', '--import', tsx, main, format, path];
  const run = { command: process.execPath, args, signal, timeoutMs, maxStdoutBytes: maxPngBytes, limits: ourLimits };
  return runTool(run);
}

const still = ['-frames:v', '1', '-c:v', 'png', '-compression_level', '1', '-f', 'image2pipe'];
const moving = ['-frames:v', '500', '-c:v', 'libwebp_anim', '-lossless', '1', '-loop', '0', '-f', 'webp'];

/** An animated AVIF keeps its transparency as a second, grey video; most have none, and then the first try fails at once. */
const withTransparency = ['-filter_complex', '[0:v:0][0:v:1]alphamerge', ...moving];

async function decodeByFfmpeg(
  format: ImageFormat,
  demuxer: string,
  path: string,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  for (const output of format === 'avif-sequence' ? [withTransparency, moving] : [still]) {
    const args = ['-v', 'error', ...guardedInput(demuxer), '-i', path, '-an', ...output, '-'];
    const run = { args, signal, timeoutMs, maxStdoutBytes: maxPngBytes, limits: ffmpegLimits };
    const { code, stdout } = await runTool({ command: 'ffmpeg', ...run }).catch(missing);
    if (code === 0 && stdout.length > 0) return stdout;
  }
  return undefined;
}

/** A machine without ffmpeg reads fewer formats. */
function missing(error: NodeJS.ErrnoException): { code: number; stdout: Buffer } {
  if (error.code !== 'ENOENT') throw error;
  return { code: 127, stdout: Buffer.alloc(0) };
}

function explain(format: ImageFormat, own: ToolResult | undefined): AppError {
  const label = formatLabels[format];
  if (own?.signal != null) {
    return new InputError(`The ${label} file took too long or too much memory to read. Send it as JPEG or PNG.`);
  }
  const named = namedFault(own);
  if (named !== undefined) return new InputError(named);
  return new InputError(
    `The ${label} file is damaged, or of a sort this farm does not read. Send it as JPEG, PNG, WebP, AVIF, GIF or TIFF.`,
  );
}

/** The sentence our own decoder ended with, when it knew what is wrong; others stop at the same place. */
function namedFault(own: ToolResult | undefined): string | undefined {
  const sentence = own?.stderr.split('\n').at(-1) ?? '';
  return own?.code === 2 && sentence.startsWith('The ') ? sentence : undefined;
}
