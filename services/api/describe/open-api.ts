/** OpenAPI 3.1 of the api, made from the operations, the zod schemas and the contracts of the catalog. */
import { z } from 'zod';
import { eventTypes } from '../../../shared/messages/event.ts';
import { catalog } from '../../../workers/catalog.ts';
import { componentSchemas, type JsonSchema } from './component-schemas.ts';
import { farmOperations } from './farm-operations.ts';
import { type Operation, type OperationResponse, operations } from './operations.ts';
import { apiVersion, tags } from './texts.ts';
import { webhookOperations } from './webhook-operations.ts';

const ref = (section: string, name: string) => ({ $ref: `#/components/${section}/${name}` });
const problemOf = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ref('schemas', 'Problem') } },
});

export function describeOpenApi(): JsonSchema {
  const contracts = Object.values(catalog).map((kind) => kind.contract);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of [...operations, ...webhookOperations, ...farmOperations]) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describeOperation(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'mediafarm',
      version: apiVersion,
      summary: 'Uploads become renditions, and your product is told by signed webhook.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'The farm that serves this document' }],
    security: [{ apiKey: [] }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    webhooks: Object.fromEntries(eventTypes.map((type) => [type, describeWebhook(type)])),
    components: {
      schemas: componentSchemas(contracts),
      responses: { Problem: problemOf('What went wrong, and what to do (RFC 9457)') },
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key (mf_live_…)' } },
    },
  };
}

function describeOperation(operation: Operation): JsonSchema {
  const keyed = operation.tag !== 'farm';
  const expected = Object.entries(operation.responses).map(([status, response]) => [
    status,
    describeResponse(response),
  ]);
  const problems = [...(keyed ? [401, 503] : []), ...(operation.problems ?? [])];
  const parameters = describeParameters(operation);
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description && { description: operation.description }),
    ...(!keyed && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(operation.body && { requestBody: describeBody(operation) }),
    responses: {
      ...Object.fromEntries(problems.map((status) => [status, ref('responses', 'Problem')])),
      ...Object.fromEntries(expected),
      ...(!keyed && { '4XX': ref('responses', 'Problem') }),
      default: ref('responses', 'Problem'),
    },
  };
}

function describeParameters(operation: Operation): readonly JsonSchema[] {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const query = operation.query ? z.toJSONSchema(operation.query, { io: 'output' }) : { properties: {} };
  const inQuery = Object.entries(query.properties ?? {}).map(([name, schema]) => ({ name, in: 'query', schema }));
  const names = [...(operation.method === 'post' ? ['Idempotency-Key'] : []), ...(operation.headers ?? [])];
  const inHeader = names.map((name) => ({ name, in: 'header', schema: { type: 'string' } }));
  const uploadName = {
    name: 'name',
    in: 'query',
    description: 'The file name of a raw body',
    schema: { type: 'string' },
  };
  return [...inPath, ...inQuery, ...(operation.id === 'createUpload' ? [uploadName] : []), ...inHeader];
}

function describeBody(operation: Operation): JsonSchema {
  const binary = { type: 'string', contentMediaType: 'application/octet-stream' };
  const form = { type: 'object', properties: { file: binary }, required: ['file'] };
  const content = Object.entries(operation.body ?? {}).map(([mediaType, name]) => {
    const schema = name === 'Binary' ? binary : name === 'UploadForm' ? form : ref('schemas', name);
    return [mediaType, { schema }];
  });
  return { required: operation.bodyOptional !== true, content: Object.fromEntries(content) };
}

function describeResponse(response: OperationResponse): JsonSchema {
  const { description, schema, mediaType, headers } = response;
  const content = schema
    ? { 'application/json': { schema: ref('schemas', schema) } }
    : mediaType && {
        [mediaType]: { schema: mediaType === 'application/json' ? { type: 'object' } : { type: 'string' } },
      };
  const described = (headers ?? []).map((name) => [name, { schema: { type: 'string' } }]);
  return {
    description,
    ...(described.length > 0 && { headers: Object.fromEntries(described) }),
    ...(content && { content }),
  };
}

function describeWebhook(type: string): JsonSchema {
  return {
    post: {
      operationId: `on-${type}`,
      tags: ['webhooks'],
      summary: `Sent for ${type}, signed as Standard Webhooks 1.0 has it`,
      security: [],
      parameters: ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => ({
        name,
        in: 'header',
        required: true,
        schema: { type: 'string' },
      })),
      requestBody: { required: true, content: { 'application/json': { schema: ref('schemas', 'Event') } } },
      responses: { '2XX': { description: 'Received' }, '4XX': { description: 'Tried again later; 410 ends it' } },
    },
  };
}
