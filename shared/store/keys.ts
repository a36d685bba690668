/** The only place object keys are spelled. */

export function uploadKey(tenant: string, uploadId: string): string {
  return `uploads/${tenant}/${uploadId}`;
}

/** Everything one run of a step writes lies under its own prefix, so a late twin overwrites nothing (design §4). */
export interface RunIdentity {
  readonly tenant: string;
  readonly job: string;
  readonly step: string;
  readonly dispatch: number;
  readonly try: number;
  readonly run: string;
}

export function jobPrefix(job: { readonly tenant: string; readonly id: string }): string {
  return `outputs/${job.tenant}/${job.id}/`;
}

export function stepPrefix(task: Pick<RunIdentity, 'tenant' | 'job' | 'step'>): string {
  return `${jobPrefix({ tenant: task.tenant, id: task.job })}${task.step}/`;
}

export function dispatchPrefix(task: Pick<RunIdentity, 'tenant' | 'job' | 'step' | 'dispatch'>): string {
  return `${stepPrefix(task)}${task.dispatch}.`;
}

export function runPrefix(run: RunIdentity): string {
  return `${dispatchPrefix(run)}${run.try}.${run.run}/`;
}

export function outputKey(run: RunIdentity, name: string): string {
  return `${runPrefix(run)}files/${name}`;
}

/** A later version of an output beside the earlier ones: who reads one of these is not cut short by the next. */
export function versionKey(run: RunIdentity, name: string, version: number): string {
  return `${runPrefix(run)}versions/${version}/${name}`;
}

/** A url input that a split step shares with its parts. */
export function sharedInputKey(run: RunIdentity, position: number): string {
  return `${runPrefix(run)}inputs/${position}`;
}

/** Written last: a run whose manifest exists is complete. */
export function manifestKey(run: RunIdentity): string {
  return `${runPrefix(run)}manifest.json`;
}

/** May this tenant name the object in a job's `{"key": …}`? Its own uploads and outputs, and whatever the farm did not write. */
export function mayReadKey(tenant: string, key: string): boolean {
  if (!/^(uploads|outputs)\//.test(key)) return true;
  return key.startsWith(`uploads/${tenant}/`) || key.startsWith(`outputs/${tenant}/`);
}
