import type { FileHandle } from 'node:fs/promises';
import type { FileMap } from './file-map.ts';
import { mapAvi } from './map-avi.ts';
import { mapMatroska } from './map-matroska.ts';
import { mapMp4 } from './map-mp4.ts';
import { mapTransport } from './map-transport.ts';

type Mapper = (file: FileHandle, bytes: number, codec: string) => Promise<FileMap | undefined>;

const mappers: Readonly<Record<string, Mapper>> = {
  mov: mapMp4,
  matroska: mapMatroska,
  avi: mapAvi,
  mpegts: mapTransport,
};

/** `codec`: of the picture. undefined: the whole file is needed (no index, a layout we do not know, another container). */
export async function mapFile(
  file: FileHandle,
  { demuxer, bytes, codec }: { readonly demuxer: string; readonly bytes: number; readonly codec: string },
): Promise<FileMap | undefined> {
  return await mappers[demuxer]?.(file, bytes, codec);
}
