import type { Task } from '../kind.ts';
import type { PictureRendition } from './read-rendition.ts';
import { type Manifests, writeManifests } from './write-manifests.ts';
import type { Stream } from './write-master.ts';

/**
 * Announces every rung that `now` has and `before` had not, the lowest first. Each comes with its playlists and with entries that
 * name it and those announced before it, and nothing else; the first brings sound and text along.
 */
export async function publishRungs(
  task: Pick<Task<unknown>, 'ready'>,
  before: Stream,
  now: Stream,
  manifests: Manifests,
): Promise<void> {
  const known = new Set([...before.pictures, ...before.sounds, ...before.texts].map(({ folder }) => folder));
  const isNew = ({ folder }: Pick<PictureRendition, 'folder'>) => !known.has(folder);
  for (const rung of now.pictures.filter(isNew).reverse()) {
    const others = [...now.sounds, ...now.texts].filter(isNew).map(({ folder }) => folder);
    const shown = { ...now, pictures: now.pictures.filter((picture) => picture === rung || !isNew(picture)) };
    const changed = new Set([rung.folder, ...others]);
    const outputs = await writeManifests(shown, manifests);
    await task.ready(
      rung.folder,
      outputs.filter(({ name }) => !name.includes('/') || changed.has(name.split('/')[0] ?? '')),
    );
    for (const folder of changed) known.add(folder);
  }
}
