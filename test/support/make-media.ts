/** Photos, clips and pages made on the spot; no test needs a file somebody else made. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

/** A gradient with a disc: something with edges and colours, unlike a flat fill. */
export async function makePhoto(width = 1200, height = 800): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="g"><stop offset="0" stop-color="#124"/><stop offset="1" stop-color="#fa5"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#g)"/><circle cx="${width * 0.7}" cy="${height * 0.4}" r="${height * 0.2}" fill="#e33"/></svg>`;
  return await sharp(Buffer.from(svg)).jpeg({ quality: 88 }).toBuffer();
}

/** An MP4 with H.264 and AAC: the test card of ffmpeg and a tone. */
export async function makeClip(seconds = 2, size = '320x180', rate = 25): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'clip-'));
  const path = join(folder, 'clip.mp4');
  try {
    await promisify(execFile)('ffmpeg', [
      ...['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`],
      ...['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest', '-y', path],
    ]);
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const markdownPages = `# Annual report

Some *words* and a [link](https://example.com).

- one
- two

\`\`\`js
const answer = 42;
\`\`\`
`;
