import { existsSync } from 'node:fs';
import { kindNames } from '../../workers/catalog.ts';
import type { Picture } from './picture.ts';

/** Every kind that has pictures: the file beside this one that is named after it exports them. */
export async function readPictures(
  kinds: readonly string[] = kindNames,
): Promise<readonly (readonly [kind: string, pictures: readonly Picture[]])[]> {
  const files = kinds.map((kind) => [kind, new URL(`./${kind}.ts`, import.meta.url)] as const);
  const present = files.filter(([, file]) => existsSync(file));
  return Promise.all(
    present.map(async ([kind, file]) => {
      const { pictures } = (await import(file.href)) as { pictures: readonly Picture[] };
      return [kind, pictures] as const;
    }),
  );
}
