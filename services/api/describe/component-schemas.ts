/** zod schemas and the contracts of the catalog → `components.schemas` of OpenAPI 3.1 (JSON Schema 2020-12). */
import { z } from 'zod';
import { jobRequest, stepRequest } from '../../../shared/messages/job.ts';
import type { Contract } from '../../../workers/kind.ts';
import { maxBatchJobs } from '../submit-batch.ts';
import { namedSchemas } from './wire-schemas.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

const at = (name: string) => `#/components/schemas/${name}`;

export function componentSchemas(contracts: readonly Contract[]): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(namedSchemas)) registry.add(schema as z.ZodType, { id });
  registry.add(jobRequest, { id: 'JobRequest' });
  registry.add(stepRequest, { id: 'Step' });
  const made = z.toJSONSchema(registry, { io: 'input', unrepresentable: 'any', uri: at });
  const schemas = Object.fromEntries(Object.entries(made.schemas).map(([name, schema]) => [name, tidy(schema)]));
  return {
    ...schemas,
    Step: anyStep(contracts),
    ...Object.fromEntries(contracts.map((contract) => [stepName(contract), stepOf(contract)])),
    JobForm: jobForm,
    BatchRequest: batchRequest,
  };
}

function anyStep(contracts: readonly Contract[]): JsonSchema {
  const mapping = Object.fromEntries(contracts.map((contract) => [contract.kind, at(stepName(contract))]));
  return {
    description: 'One piece of work: its kind, what it uses, and the params of that kind.',
    oneOf: contracts.map((contract) => ({ $ref: at(stepName(contract)) })),
    discriminator: { propertyName: 'kind', mapping },
  };
}

function stepName(contract: Contract): string {
  return `${contract.kind.replaceAll(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase())}Step`;
}

/** The params of a kind beside `kind` and `use`. Params are one object, or a choice of objects. */
function stepOf(contract: Contract): JsonSchema {
  const params = tidy(z.toJSONSchema(contract.params, { io: 'input', unrepresentable: 'any', reused: 'inline' }));
  const uses = {
    description: 'Inputs, other steps (all their outputs) or step/output-name; default "input"',
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 1000 }],
  };
  const common = { kind: { type: 'string', const: contract.kind }, use: uses };
  return { description: contract.summary, ...withProperties(params, common), examples: examplesOf(contract) };
}

function withProperties(schema: JsonSchema, common: JsonSchema): JsonSchema {
  const branches = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined;
  if (branches && !schema.properties) return { anyOf: branches.map((branch) => withProperties(branch, common)) };
  const required = ['kind', ...((schema.required as string[] | undefined) ?? [])];
  return { ...schema, properties: { ...common, ...(schema.properties as JsonSchema) }, required };
}

function examplesOf(contract: Contract): JsonSchema[] {
  return contract.examples.map(({ params }) => ({ kind: contract.kind, ...params }));
}

const jobForm: JsonSchema = {
  type: 'object',
  description: 'The part "job" first, then the files; each file part is named after the input it is.',
  properties: { job: { $ref: at('JobRequest') } },
  required: ['job'],
  additionalProperties: { type: 'string', contentMediaType: 'application/octet-stream' },
};

const manyJobs = { type: 'array', minItems: 1, maxItems: maxBatchJobs, items: { $ref: at('JobRequest') } };
const batchRequest: JsonSchema = {
  description: 'The jobs, bare or under "jobs". A faulty one does not keep the others from being accepted.',
  anyOf: [
    { type: 'object', properties: { jobs: manyJobs }, required: ['jobs'], additionalProperties: false },
    manyJobs,
  ],
};

/** Without the keywords that only make sense for a document of its own. */
function tidy(schema: unknown): JsonSchema {
  const { $schema: _schema, $id: _id, id: _name, ...rest } = schema as Record<string, unknown>;
  return rest;
}
