import type { FieldError } from '../../shared/errors.ts';
import type { JobRequest } from '../../shared/messages/job.ts';
import { maxFaults } from './describe-issues.ts';
import type { JobRules, PlannedStep } from './job-plan.ts';
import { suggestName } from './nearest-name.ts';

interface Scope {
  readonly inputNames: ReadonlySet<string>;
  /** True while file parts are still to come: a name nobody has may be one of them. */
  readonly open: boolean;
  readonly request: JobRequest;
  readonly rules: JobRules;
}

/** Every `use` names an input, another step or `step/output`, in a number the kind takes, and nothing waits for itself. */
export function checkReferences(
  planned: readonly PlannedStep[],
  scope: Scope,
  found: FieldError[],
): readonly PlannedStep[] {
  const steps = planned.map((step) => withoutNeedlessDefault(step, scope));
  for (const step of steps) {
    if (found.length >= maxFaults) return steps;
    found.push(...refuseReferences(step, scope));
    const count = refuseCount(step, scope);
    if (count) found.push({ pointer: usePointer(step.name, undefined, scope.request), detail: count });
  }
  const circle = findCircle(steps);
  if (circle) {
    const [first] = circle;
    const detail = `these steps wait for each other: ${circle.join(' → ')} → ${first}`;
    found.push({ pointer: usePointer(first as string, undefined, scope.request), detail });
  }
  return steps;
}

function refuseReferences(step: PlannedStep, scope: Scope): FieldError[] {
  const faults: FieldError[] = [];
  for (const [index, use] of step.uses.entries()) {
    if (faults.length >= maxFaults) break;
    const detail = refuseReference(step, use, scope);
    if (detail) faults.push({ pointer: usePointer(step.name, index, scope.request), detail });
  }
  return faults;
}

/** The step a reference waits for, if it is not an input. */
export function stepOf(use: string): string {
  return use.split('/', 1)[0] as string;
}

/** A kind that needs no input, in a job that has none, does not use "input" unless it says so. */
function withoutNeedlessDefault(step: PlannedStep, scope: Scope): PlannedStep {
  const said = scope.request.steps[step.name]?.use !== undefined;
  const min = scope.rules.contracts[step.kind]?.inputs.min ?? 1;
  const needless = !said && min === 0 && !scope.inputNames.has('input') && !scope.open;
  return needless ? { ...step, uses: [] } : step;
}

function refuseReference(step: PlannedStep, use: string, scope: Scope): string | undefined {
  if (scope.inputNames.has(use)) return undefined;
  const target = stepOf(use);
  if (target === step.name) return 'a step cannot use itself';
  if (Object.hasOwn(scope.request.steps, target)) {
    return use.endsWith('/') ? `"${use}" names no output; expected ${target} or ${target}/output-name` : undefined;
  }
  if (scope.open && !use.includes('/')) return undefined;
  const names = [...scope.inputNames, ...Object.keys(scope.request.steps).filter((name) => name !== step.name)];
  const said = scope.request.steps[step.name]?.use !== undefined;
  const what = said
    ? `"${use}" is neither an input nor a step of this job`
    : 'a step uses "input" by default, and this job has no such input';
  return `${what}; ${suggestName(target, names)}`;
}

/** A whole step may have any number of outputs, so only what is certain is counted. */
function refuseCount(step: PlannedStep, scope: Scope): string | undefined {
  const { min, max } = scope.rules.contracts[step.kind]?.inputs ?? { min: 0, max: Number.POSITIVE_INFINITY };
  const certain = step.uses.every((use) => scope.inputNames.has(use) || use.includes('/') || scope.open);
  const many = step.uses.length;
  if (many > max) return `${step.kind} takes at most ${max} input(s), got ${many}; make one step for each`;
  if (certain && many < min) return `${step.kind} needs at least ${min} input(s), got ${many}`;
  return undefined;
}

function usePointer(step: string, index: number | undefined, request: JobRequest): string {
  const use = request.steps[step]?.use;
  if (use === undefined) return `/steps/${step}`;
  return Array.isArray(use) && index !== undefined ? `/steps/${step}/use/${index}` : `/steps/${step}/use`;
}

/** Takes away steps that wait for nothing until none is left; what cannot be taken away waits in a circle or behind one. */
function findCircle(steps: readonly PlannedStep[]): readonly string[] | undefined {
  const waits = new Map(
    steps.map((step) => [step.name, new Set(step.uses.map(stepOf).filter((name) => name !== step.name))]),
  );
  const known = (name: string) => waits.has(name);
  for (let before = -1; before !== waits.size; ) {
    before = waits.size;
    for (const [name, targets] of waits) if (![...targets].some(known)) waits.delete(name);
  }
  let name = waits.keys().next().value;
  if (name === undefined) return undefined;
  const walked: string[] = [];
  while (!walked.includes(name)) {
    walked.push(name);
    name = [...(waits.get(name) ?? [])].find(known) as string;
  }
  return walked.slice(walked.indexOf(name));
}
