import type { TaskMessage } from '../../shared/messages/task.ts';
import { stepPrefix } from '../../shared/store/keys.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

/**
 * Deletes what only the join needed: the parts' files, and url inputs shared with them. Called when the join is announced;
 * what a failure leaves behind goes with the job (FARM_RETENTION_DAYS).
 */
export async function removeParts(store: ObjectStore, task: TaskMessage): Promise<void> {
  const keys = new Set<string>();
  for (const { outputs } of task.join?.parts ?? []) {
    for (const { key } of outputs) keys.add(key);
    const run = outputs[0]?.key.split('/files/')[0];
    if (run !== undefined) keys.add(`${run}/manifest.json`);
  }
  for (const { source } of task.inputs) {
    if ('key' in source && isShared(task, source.key as string)) keys.add(source.key as string);
  }
  await store.delete([...keys]).catch(() => undefined);
}

function isShared(task: TaskMessage, key: string): boolean {
  return key.startsWith(stepPrefix(task)) && key.includes('/inputs/');
}
