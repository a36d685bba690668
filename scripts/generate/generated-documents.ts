import { z } from 'zod';
import { describeAsyncApi } from '../../services/api/describe/async-api.ts';
import { describeOpenApi } from '../../services/api/describe/open-api.ts';
import { farmEvent } from '../../shared/messages/event.ts';
import { job, jobRequest } from '../../shared/messages/job.ts';
import { controlMessage, taskReport } from '../../shared/messages/report.ts';
import { taskMessage } from '../../shared/messages/task.ts';
import { catalog } from '../../workers/catalog.ts';

/** File name → content, for everything under `schemas/`. */
export function generatedDocuments(): Readonly<Record<string, string>> {
  const messages = {
    job,
    'job-request': jobRequest,
    event: farmEvent,
    task: taskMessage,
    report: taskReport,
    control: controlMessage,
  };
  const kinds = Object.entries(catalog).map(([name, kind]) => [`kind-${name}`, kind.contract.params] as const);
  const schemas = [...Object.entries(messages), ...kinds].map(([name, schema]) => [
    `${name}.json`,
    z.toJSONSchema(schema as z.ZodType, { io: 'input', unrepresentable: 'any' }),
  ]);
  const documents = {
    'openapi.json': describeOpenApi(),
    'asyncapi.json': describeAsyncApi(),
    ...Object.fromEntries(schemas),
  };
  return Object.fromEntries(
    Object.entries(documents).map(([name, document]) => [name, `${JSON.stringify(document, null, 2)}\n`]),
  );
}
