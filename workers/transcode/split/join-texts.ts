import { readFile } from 'node:fs/promises';
import type { PartResult } from '../../splitter.ts';
import type { TextTrack } from '../subtitles.ts';
import { filesNamed } from './join-input.ts';

/** As the part with the sound wrote them down. */
export async function readTexts(parts: readonly PartResult[]): Promise<readonly TextTrack[]> {
  const [file] = filesNamed(parts, 'texts.json');
  return file === undefined ? [] : (JSON.parse(await readFile(file.path, 'utf8')) as TextTrack[]);
}
