import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

/** A sunset of sorts, 1600 × 1067 JPEG. */
export async function makePhoto(): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1067">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop offset="0" stop-color="#1b2a6b"/><stop offset="1" stop-color="#ff9a56"/></linearGradient></defs>
    <rect width="1600" height="1067" fill="url(#sky)"/><circle cx="1100" cy="620" r="150" fill="#ffe08a"/>
    <path d="M0 1067V760l420-260 380 300 320-180 480 320v127z" fill="#20203a"/></svg>`;
  return await sharp(Buffer.from(svg)).jpeg({ quality: 90 }).toBuffer();
}

/** Three seconds of ffmpeg's test card with a tone, or undefined without ffmpeg. */
export async function makeClip(): Promise<Buffer | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'mediafarm-demo-'));
  const path = join(folder, 'clip.mov');
  const sources = ['testsrc2=size=640x360:rate=25:duration=3', 'sine=frequency=330:duration=3'].flatMap((source) => [
    '-f',
    'lavfi',
    '-i',
    source,
  ]);
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest'];
  try {
    await promisify(execFile)('ffmpeg', ['-v', 'error', '-nostdin', ...sources, ...codecs, '-y', path]);
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
