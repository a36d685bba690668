/**
 * Decodes one picture sharp cannot read, in a process of its own that is ended when it takes too long: these decoders are
 * WebAssembly or JavaScript, where a hostile file can waste time and memory but not reach anything.
 *
 * `main.ts <format> <path>`: a PNG on stdout. Exit 2 with one sentence on stderr when the file is at fault.
 */
import { Console } from 'node:console';
import { readFile } from 'node:fs/promises';
import { FaultyPicture } from './faulty-picture.ts';
import { type Decoded, toPng } from './to-png.ts';

type Decode = (bytes: Buffer) => Promise<Decoded>;

const decoders: Readonly<Record<string, () => Promise<Decode>>> = {
  heic: async () => (await import('./decode-heic.ts')).decodeHeic,
  bmp: async () => (await import('./decode-bmp.ts')).decodeBmp,
  ico: async () => (await import('./decode-ico.ts')).decodeIco,
  psd: async () => (await import('./decode-psd.ts')).decodePsd,
};

// libheif prints its errors through console; stdout is for the picture alone.
globalThis.console = new Console(process.stderr, process.stderr);

const [format = '', path = ''] = process.argv.slice(2);
try {
  const decode = await decoders[format]?.();
  if (decode === undefined) throw new Error(`no decoder for ${format}`);
  process.stdout.write(await toPng(await decode(await readFile(path))));
} catch (error) {
  process.stderr.write(`\n${error instanceof FaultyPicture ? error.message : `damaged: ${String(error)}`}`);
  process.exitCode = 2;
}
