import type { Operation } from './operations.ts';

/** What operators and tools read without a key. */
export const farmOperations: readonly Operation[] = [
  {
    id: 'readHealth',
    method: 'get',
    path: '/healthz',
    tag: 'farm',
    summary: 'Is the process alive?',
    responses: { 200: { description: 'It is', schema: 'Alive' } },
  },
  {
    id: 'readReadiness',
    method: 'get',
    path: '/readyz',
    tag: 'farm',
    summary: 'Can it do its work? Every dependency, with the reason why not',
    responses: {
      200: { description: 'Ready', schema: 'HealthReport' },
      503: { description: 'Not ready', schema: 'HealthReport' },
    },
  },
  {
    id: 'readMetrics',
    method: 'get',
    path: '/metrics',
    tag: 'farm',
    summary: 'Figures for Prometheus',
    responses: { 200: { description: 'Text format 0.0.4', mediaType: 'text/plain' } },
  },
  {
    id: 'readOpenApi',
    method: 'get',
    path: '/openapi.json',
    tag: 'farm',
    summary: 'This document',
    responses: { 200: { description: 'OpenAPI 3.1', mediaType: 'application/json' } },
  },
  {
    id: 'readAsyncApi',
    method: 'get',
    path: '/asyncapi.json',
    tag: 'farm',
    summary: 'The messages of the farm over AMQP',
    responses: { 200: { description: 'AsyncAPI 3.0', mediaType: 'application/json' } },
  },
  {
    id: 'readProblemType',
    method: 'get',
    path: '/problems/{code}',
    tag: 'farm',
    summary: 'What a problem type means',
    responses: { 200: { description: 'The code, its title and its status', schema: 'ProblemType' } },
    problems: [404],
  },
];
