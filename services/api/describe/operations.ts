/** What the api answers to, as data: OpenAPI is made from it, and a test holds it against the routes that are registered. */
import type { z } from 'zod';
import { jobQuery, listQuery } from '../job-queries.ts';
import type { SchemaName } from './wire-schemas.ts';

export interface OperationResponse {
  readonly description: string;
  readonly schema?: SchemaName;
  /** Instead of JSON: the media type of bytes or text. */
  readonly mediaType?: string;
  readonly headers?: readonly string[];
}

export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post' | 'patch' | 'delete' | 'head';
  readonly path: string;
  readonly tag: 'uploads' | 'jobs' | 'outputs' | 'webhooks' | 'farm';
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  /** Request headers beside those of every POST. */
  readonly headers?: readonly string[];
  readonly body?: Readonly<Record<string, SchemaName | 'Binary' | 'UploadForm'>>;
  readonly bodyOptional?: boolean;
  readonly responses: Readonly<Record<string, OperationResponse>>;
  /** Problems beside those every operation can have. */
  readonly problems?: readonly number[];
}

const anyBytes = '*/*';

export const operations: readonly Operation[] = [
  {
    id: 'createUpload',
    method: 'post',
    path: '/v1/uploads',
    tag: 'uploads',
    summary: 'Send a file',
    description:
      'As a form (part `file`) or as the raw body with `?name=`. Streams; memory does not grow with the file.',
    body: { 'multipart/form-data': 'UploadForm', [anyBytes]: 'Binary' },
    bodyOptional: true,
    responses: { 201: { description: 'Stored', schema: 'Upload', headers: ['Location'] } },
    problems: [409, 413, 422],
  },
  {
    id: 'readUpload',
    method: 'get',
    path: '/v1/uploads/{id}',
    tag: 'uploads',
    summary: 'Read what is known of a file',
    responses: { 200: { description: 'The upload', schema: 'Upload' } },
    problems: [404],
  },
  {
    id: 'deleteUpload',
    method: 'delete',
    path: '/v1/uploads/{id}',
    tag: 'uploads',
    summary: 'Forget a file',
    description: 'Refused with 409 while an unfinished job uses it.',
    responses: { 204: { description: 'Gone' } },
    problems: [404, 409],
  },
  {
    id: 'createJob',
    method: 'post',
    path: '/v1/jobs',
    tag: 'jobs',
    summary: 'Submit a job',
    description:
      'As JSON, or everything in one form: the part `job` first, then the files under the names of their inputs.',
    body: { 'application/json': 'JobRequest', 'multipart/form-data': 'JobForm' },
    responses: { 202: { description: 'Accepted', schema: 'Job', headers: ['Location'] } },
    problems: [409, 413, 415, 422, 429],
  },
  {
    id: 'createJobs',
    method: 'post',
    path: '/v1/jobs/batch',
    tag: 'jobs',
    summary: 'Submit up to 1000 jobs in one transaction',
    body: { 'application/json': 'BatchRequest' },
    responses: { 200: { description: 'One answer per job, in order', schema: 'BatchResult' } },
    problems: [409, 413, 415, 422, 429],
  },
  {
    id: 'listJobs',
    method: 'get',
    path: '/v1/jobs',
    tag: 'jobs',
    summary: 'List jobs, newest first',
    query: listQuery,
    responses: { 200: { description: 'A page', schema: 'JobList', headers: ['Link'] } },
    problems: [422],
  },
  {
    id: 'readJob',
    method: 'get',
    path: '/v1/jobs/{id}',
    tag: 'jobs',
    summary: 'Read a job, or wait for its end',
    query: jobQuery,
    headers: ['If-None-Match'],
    responses: {
      200: { description: 'The job', schema: 'Job', headers: ['ETag'] },
      304: { description: 'It is still as you know it', headers: ['ETag'] },
    },
    problems: [404, 422],
  },
  {
    id: 'cancelJob',
    method: 'post',
    path: '/v1/jobs/{id}/cancel',
    tag: 'jobs',
    summary: 'Cancel a job',
    description: 'Stops running work. A job that has ended already comes back unchanged.',
    responses: { 202: { description: 'The job', schema: 'Job', headers: ['Location'] } },
    problems: [404, 409, 422],
  },
  {
    id: 'retryJob',
    method: 'post',
    path: '/v1/jobs/{id}/retry',
    tag: 'jobs',
    summary: 'Run the failed steps of a job again',
    responses: { 202: { description: 'The job', schema: 'Job', headers: ['Location'] } },
    problems: [404, 409, 422],
  },
  {
    id: 'streamJobEvents',
    method: 'get',
    path: '/v1/jobs/{id}/events',
    tag: 'jobs',
    summary: 'Follow a job as Server-Sent Events',
    description:
      'Every event so far, then live; `id` is the sequence, `event` the type, `data` the Event. Ends after the terminal event; 204 when that was the last one seen.',
    headers: ['Last-Event-ID'],
    responses: {
      200: { description: 'The stream', mediaType: 'text/event-stream' },
      204: { description: 'The job has ended and you have seen its last event: stop reconnecting' },
    },
    problems: [404, 422],
  },
  ...outputOperations(),
];

function outputOperations(): readonly Operation[] {
  const shared = {
    path: '/v1/jobs/{id}/outputs/{step}/{name}',
    tag: 'outputs',
    description: 'A name may hold slashes (`720p/seg_00001.m4s`), so relative links in playlists work.',
    headers: ['Range', 'If-Range', 'If-None-Match'],
    problems: [404, 416],
  } as const;
  const headers = ['ETag', 'Accept-Ranges', 'Content-Disposition'];
  const answers = (mediaType?: string) => ({
    200: { description: 'All bytes', headers, ...(mediaType && { mediaType }) },
    206: {
      description: 'The range asked for',
      headers: [...headers, 'Content-Range'],
      ...(mediaType && { mediaType }),
    },
    304: { description: 'You have it', headers: ['ETag'] },
  });
  return [
    { ...shared, id: 'readOutput', method: 'get', summary: 'Download an output', responses: answers(anyBytes) },
    { ...shared, id: 'headOutput', method: 'head', summary: 'Read the facts of an output', responses: answers() },
  ];
}
