/** AsyncAPI 3.0 of the messages anybody may send to and take from the farm over AMQP (contract §4). */
import { eventTypes } from '../../../shared/messages/event.ts';
import { exchanges, queues } from '../../../shared/queue/topology.ts';
import { catalog } from '../../../workers/catalog.ts';
import { componentSchemas, type JsonSchema } from './component-schemas.ts';
import { apiVersion } from './texts.ts';

const dialect = 'application/schema+json;version=draft-2020-12';
const text = (description: string) => ({ type: 'string', description });
const messageRef = (channel: string, message: string) => ({ $ref: `#/channels/${channel}/messages/${message}` });

export function describeAsyncApi(): JsonSchema {
  const contracts = Object.values(catalog).map((kind) => kind.contract);
  const schemas = componentSchemas(contracts);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'mediafarm over AMQP',
      version: apiVersion,
      description: 'Publish a job to farm.submissions; bind a queue to farm.events to hear of every job.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      broker: { host: 'localhost:5672', protocol: 'amqp', description: 'The RabbitMQ of the farm (FARM_BROKER_URL)' },
    },
    channels: describeChannels(),
    operations: describeOperations(),
    components: {
      schemas: Object.fromEntries(
        ['JobRequest', 'Job', 'Problem', 'Event'].map((name) => [
          name,
          { schemaFormat: dialect, schema: alone(name, schemas) },
        ]),
      ),
      messages: describeMessages(),
    },
  };
}

function describeChannels(): JsonSchema {
  return {
    submissions: {
      address: exchanges.submissions,
      messages: { job: { $ref: '#/components/messages/Submission' } },
      bindings: { amqp: exchangeBinding(exchanges.submissions, 'fanout') },
    },
    answers: {
      address: null,
      description: 'The queue named by reply-to; the answer carries the correlation-id of the submission.',
      messages: {
        job: { $ref: '#/components/messages/Accepted' },
        problem: { $ref: '#/components/messages/Refused' },
      },
    },
    events: {
      address: '{tenant}.{type}.{severity}',
      parameters: {
        tenant: { description: 'Whose job it is' },
        type: { enum: [...eventTypes] },
        severity: { enum: ['info', 'warning', 'critical'] },
      },
      description: `Exchange ${exchanges.events}. Always bound: ${queues.log} (everything), ${queues.alerts} (everything critical).`,
      messages: { event: { $ref: '#/components/messages/Event' } },
      bindings: { amqp: exchangeBinding(exchanges.events, 'topic') },
    },
  };
}

function describeOperations(): JsonSchema {
  return {
    takeSubmission: {
      action: 'receive',
      channel: { $ref: '#/channels/submissions' },
      messages: [messageRef('submissions', 'job')],
      reply: {
        address: { location: '$message.header#/replyTo', description: 'AMQP property reply-to' },
        channel: { $ref: '#/channels/answers' },
        messages: [messageRef('answers', 'job'), messageRef('answers', 'problem')],
      },
    },
    announce: {
      action: 'send',
      channel: { $ref: '#/channels/events' },
      messages: [messageRef('events', 'event')],
      bindings: { amqp: { deliveryMode: 2, bindingVersion: '0.3.0' } },
    },
  };
}

function describeMessages(): JsonSchema {
  const payload = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  const correlationId = { location: '$message.header#/correlationId' };
  const submissionHeaders = {
    'x-farm-tenant': text('Whose job it is; "default" when absent'),
    'idempotency-key': text('Names the submission for 24 hours; the message-id does when absent'),
    traceparent: text('W3C Trace Context'),
    replyTo: text('AMQP property reply-to'),
    correlationId: text('AMQP property correlation-id'),
  };
  const headers = (properties: JsonSchema) => ({ type: 'object', properties });
  const answerHeaders = headers({ correlationId: text('AMQP property correlation-id') });
  return {
    Submission: {
      title: 'A job',
      headers: headers(submissionHeaders),
      correlationId,
      payload: payload('JobRequest'),
    },
    Accepted: { title: 'The job was accepted', headers: answerHeaders, correlationId, payload: payload('Job') },
    Refused: { title: 'The job is at fault', headers: answerHeaders, correlationId, payload: payload('Problem') },
    Event: { title: 'Something happened to a job', payload: payload('Event') },
  };
}

function exchangeBinding(name: string, type: string): JsonSchema {
  return {
    is: 'routingKey',
    exchange: { name, type, durable: true, autoDelete: false, vhost: '/' },
    bindingVersion: '0.3.0',
  };
}

/** A schema with all it refers to inside: a payload must be readable apart from the document. */
function alone(name: string, schemas: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const needed = new Set<string>();
  const collect = (schema: unknown): unknown => {
    const inside = JSON.stringify(schema).replaceAll(/#\/components\/schemas\/(\w+)/g, (_match, other: string) => {
      if (!needed.has(other)) {
        needed.add(other);
        collect(schemas[other]);
      }
      return `#/components/schemas/${name}/schema/definitions/${other}`;
    });
    return JSON.parse(inside);
  };
  const own = collect(schemas[name]) as JsonSchema;
  const definitions = Object.fromEntries([...needed].map((other) => [other, collect(schemas[other])]));
  return { ...own, ...(needed.size > 0 && { definitions }) };
}
