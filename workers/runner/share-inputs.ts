import { createReadStream } from 'node:fs';
import type { TaskInput } from '../../shared/messages/task.ts';
import { sharedInputKey } from '../../shared/store/keys.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { InputFile } from '../kind.ts';
import type { Run } from './report.ts';

/**
 * The inputs as the parts of a split step shall fetch them. What came from a web address is put into the store first: it
 * may be another file, or gone, when the parts come to it.
 */
export async function shareInputs(store: ObjectStore, run: Run, files: readonly InputFile[]): Promise<TaskInput[]> {
  const shared: TaskInput[] = [];
  for (const [position, input] of run.task.inputs.entries()) {
    const file = files[position];
    if (file === undefined) throw new TypeError('every input has been fetched');
    const { name, bytes, mediaType } = file;
    let { source } = input;
    if (!('key' in source)) {
      const key = sharedInputKey({ ...run.task, ...run }, position);
      await store.put(key, createReadStream(file.path), { mediaType });
      source = { key };
    }
    shared.push({ ...input, source, name, bytes, mediaType });
  }
  return shared;
}
