import { AppError } from '../../shared/errors.ts';
import type { Kind } from '../kind.ts';
import { assign, type StepArguments } from './step-arguments.ts';

type Step = Pick<StepArguments, 'kind' | 'params' | 'typed'>;

/** @returns the params as the kind's processor takes them @throws AppError that names every wrong one */
export function checkParams(kind: Kind, step: Step): unknown {
  const parsed = kind.contract.params.safeParse(withTexts(kind, step));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(
          (key) => `  --${[...issue.path, key].join('.')}: unknown; docs/kinds/${step.kind}.md has them all`,
        )
      : `  --${issue.path.join('.')}: ${issue.message}`,
  );
  throw new AppError('invalid_request', `Some params of ${step.kind} are wrong:\n${faults.join('\n')}`);
}

/** `1` and `true` are text where the kind takes text and nothing else: a page list, a password. */
function withTexts(kind: Kind, { params, typed = {} }: Step): unknown {
  const wrong = faultyParams(kind, params);
  let mended = params;
  for (const [name, text] of Object.entries(typed)) {
    if (!wrong.has(name)) continue;
    const tried = structuredClone(mended) as Record<string, unknown>;
    assign(tried, name, text);
    if (!faultyParams(kind, tried).has(name)) mended = tried;
  }
  return mended;
}

function faultyParams(kind: Kind, params: unknown): ReadonlySet<string> {
  const parsed = kind.contract.params.safeParse(params);
  return new Set(parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.')));
}
