/** A job document → a plan the ledger can take, or every fault of it at once. Pure: asks neither ledger nor store. */
import { AppError, type FieldError } from '../../shared/errors.ts';
import type { InputReference, JobRequest } from '../../shared/messages/job.ts';
import { jobRequest } from '../../shared/messages/job.ts';
import { checkReferences } from './check-references.ts';
import { checkStep } from './check-step.ts';
import { checkWebhook } from './check-webhook.ts';
import { maxFaults, parseAt } from './describe-issues.ts';
import { findUnstorable } from './find-unstorable.ts';
import type { JobPlan, JobRules, PlannedStep } from './job-plan.ts';

/** File parts of the same request that are inputs; `any` while they have not come yet. */
export type AttachedInputs = readonly string[] | 'any';

export const maxStepsPerJob = 200;
export const maxInputsPerJob = 1000;
const maxMetadataKeys = 50;
const maxDaysAhead = 366;

/** @throws AppError `invalid_request`, or `kind_unavailable` when that is all there is to complain about. */
export function checkJob(document: unknown, rules: JobRules, attached: AttachedInputs = []): JobPlan {
  const unstorable = findUnstorable(document);
  if (unstorable.length > 0) throw refusal(unstorable);
  const { value: request, faults } = parseAt(jobRequest, document);
  if (!request) throw refusal(faults);
  const inputs = { ...request.inputs, ...(request.input !== undefined && { input: request.input }) };
  const tooMuch = checkLimits(request, Object.keys(inputs).length);
  if (tooMuch.length > 0) throw refusal(tooMuch);
  const found: FieldError[] = checkInputs(request, inputs, attached, rules);
  const planned = checkSteps(request, rules, found);
  const inputNames = new Set([...Object.keys(inputs), ...(attached === 'any' ? [] : attached)]);
  const settled = checkReferences(planned, { inputNames, open: attached === 'any', request, rules }, found);
  if (request.webhook) found.push(...checkWebhook(request.webhook, '/webhook', rules.refuseUrl));
  if (found.length > 0) throw refusal(found);
  return { request, inputs, steps: settled };
}

export function refusal(errors: readonly FieldError[]): AppError {
  const first = errors[0] as FieldError;
  const told = errors.slice(0, maxFaults);
  const many = errors.length >= maxFaults ? 'many' : errors.length - 1;
  const more = errors.length > 1 ? ` (and ${many} more, see errors)` : '';
  const where = first.pointer === '' ? '' : `${first.pointer}: `;
  return new AppError('invalid_request', `${where}${first.detail}${more}`, { errors: told });
}

function checkSteps(request: JobRequest, rules: JobRules, found: FieldError[]): readonly PlannedStep[] {
  const planned: PlannedStep[] = [];
  for (const [name, step] of Object.entries(request.steps)) {
    if (found.length >= maxFaults) break;
    const checked = checkStep(name, step, rules, found);
    if (checked) planned.push(checked);
  }
  return planned;
}

/** What is too much to look at closely. */
function checkLimits(request: JobRequest, inputs: number): FieldError[] {
  const faults: FieldError[] = [];
  const steps = Object.keys(request.steps).length;
  const keys = Object.keys(request.metadata).length;
  const aheadMs = request.runAt ? Date.parse(request.runAt) - Date.now() : 0;
  if (steps > maxStepsPerJob) {
    faults.push({ pointer: '/steps', detail: `${steps} steps; a job has at most ${maxStepsPerJob}` });
  }
  if (inputs > maxInputsPerJob) {
    faults.push({ pointer: '/inputs', detail: `${inputs} inputs; a job has at most ${maxInputsPerJob}` });
  }
  if (keys > maxMetadataKeys) {
    faults.push({ pointer: '/metadata', detail: `${keys} keys; at most ${maxMetadataKeys} are kept` });
  }
  if (aheadMs > maxDaysAhead * 86_400_000) {
    faults.push({ pointer: '/runAt', detail: `more than ${maxDaysAhead} days from now` });
  }
  return faults;
}

function checkInputs(
  request: JobRequest,
  inputs: Readonly<Record<string, InputReference>>,
  attached: AttachedInputs,
  rules: JobRules,
): FieldError[] {
  const faults: FieldError[] = [];
  const names = Object.keys(inputs);
  if (request.input !== undefined && request.inputs?.input !== undefined) {
    faults.push({
      pointer: '/inputs/input',
      detail: 'given twice: "input" is short for inputs.input; send one of them',
    });
  }
  for (const name of names) {
    const pointer = inputPointer(request, name);
    const reason = refuseInput(inputs[name] as InputReference, rules);
    if (reason) faults.push({ pointer, detail: reason });
    if (attached !== 'any' && attached.includes(name)) {
      faults.push({ pointer, detail: `given twice: a file part is named "${name}" too` });
    }
    if (Object.hasOwn(request.steps, name)) {
      faults.push({
        pointer: `/steps/${name}`,
        detail: `an input is named "${name}" too; steps and inputs share one set of names`,
      });
    }
  }
  for (const name of attached === 'any' ? [] : attached) {
    if (Object.hasOwn(request.steps, name)) {
      faults.push({
        pointer: `/steps/${name}`,
        detail: `a file part is named "${name}" too; steps and inputs share one set of names`,
      });
    }
  }
  return faults;
}

export function inputPointer(request: Pick<JobRequest, 'input'>, name: string): string {
  return name === 'input' && request.input !== undefined ? '/input' : `/inputs/${name}`;
}

function refuseInput(reference: InputReference, rules: JobRules): string | undefined {
  if (typeof reference === 'object' && 'url' in reference) return rules.refuseUrl(reference.url);
  if (typeof reference === 'object' && 'key' in reference) return undefined;
  const id = typeof reference === 'string' ? reference : reference.upload;
  if (id.startsWith('up_')) return undefined;
  if (/^https?:/.test(id)) return 'expected an upload id (up_…); an address is sent as {"url": "https://…"}';
  return `expected an upload id that starts with up_, got "${id.slice(0, 80)}"; POST the file to /v1/uploads first`;
}
