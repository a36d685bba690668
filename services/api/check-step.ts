import type { FieldError } from '../../shared/errors.ts';
import type { StepRequest } from '../../shared/messages/job.ts';
import { parseAt } from './describe-issues.ts';
import type { JobRules, PlannedStep } from './job-plan.ts';
import { suggestName } from './nearest-name.ts';

const defaultUse = 'input';

/** One step against the contract of its kind. Faults are added to `found`; undefined when nothing more can be said of the step. */
export function checkStep(
  name: string,
  step: StepRequest,
  rules: JobRules,
  found: FieldError[],
): PlannedStep | undefined {
  const at = ['steps', name];
  const { kind, use, ...given } = step;
  const contract = Object.hasOwn(rules.contracts, kind) ? rules.contracts[kind] : undefined;
  if (!contract) {
    const kinds = Object.keys(rules.contracts);
    found.push({ pointer: `/steps/${name}/kind`, detail: `"${kind}" is not a kind; ${suggestName(kind, kinds)}` });
    return undefined;
  }
  const availability = rules.kinds.get(kind);
  if (availability?.available === false) {
    found.push({ pointer: `/steps/${name}/kind`, detail: `this farm cannot run ${kind}: ${availability.reason}` });
  }
  const { value, faults } = parseAt(contract.params, given, at);
  if (faults) found.push(...faults);
  const uses = use === undefined ? [defaultUse] : [use].flat();
  return { name, kind, params: (value ?? {}) as Record<string, unknown>, uses };
}
