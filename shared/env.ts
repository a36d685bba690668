import { readFileSync } from 'node:fs';
import { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

/** All faults of the environment at once, one line each, so an operator mends them in one go. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/**
 * Reads the variables a schema names. A variable `X` may also come as `X_FILE`, a path whose trimmed content is the value
 * (Docker and Kubernetes secrets). An empty variable counts as absent. @throws ConfigError listing every fault.
 */
export function readEnvironment<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Environment,
): z.infer<z.ZodObject<Shape>> {
  const faults: string[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(shape)) {
    const value = readVariable(name, environment, faults);
    if (value !== undefined) values[name] = value;
  }
  const parsed = z.object(shape).safeParse(values);
  if (!parsed.success) {
    faults.push(...parsed.error.issues.map((issue) => explain(issue, shape, values)));
  }
  if (faults.length > 0 || !parsed.success) throw new ConfigError(faults);
  return parsed.data;
}

function explain(issue: z.core.$ZodIssue, shape: z.ZodRawShape, values: Readonly<Record<string, string>>): string {
  const name = String(issue.path[0]);
  if (values[name] === undefined) return `${name}: missing${describeForm(shape[name])}`;
  if (issue.code === 'invalid_type' && issue.expected === 'number') return `${name}: expected a number`;
  return `${name}: ${issue.message.replace(/^(?:Invalid (?:input|option)|Too (?:big|small)): (?=expected )/, '')}`;
}

/** What a variable should look like is what its check says of a value that is nothing. */
function describeForm(schema: z.core.$ZodType | undefined): string {
  const refused = schema === undefined ? undefined : z.safeParse(schema, '').error?.issues[0];
  return refused?.message.startsWith('expected') ? `; ${refused.message}` : '';
}

function readVariable(name: string, environment: Environment, faults: string[]): string | undefined {
  const value = environment[name];
  if (value !== undefined && value !== '') return value;
  const file = environment[`${name}_FILE`];
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    faults.push(`${name}_FILE: the file it names cannot be read`);
    return undefined;
  }
}
