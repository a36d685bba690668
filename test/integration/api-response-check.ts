/** Holds an answer against the OpenAPI document the api serves: a status that is described, a body that fits, its media type. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Json } from '../support/farm-client.ts';

export type OpenApiCheck = (
  method: string,
  path: string,
  answer: { readonly status: number; readonly headers: Headers; readonly body: Json; readonly text: string },
) => void;

export function checkAgainstOpenApi(document: Json): OpenApiCheck {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (formats as unknown as (target: unknown) => void)(ajv);
  ajv.addSchema(document, 'openapi.json');
  const routes = Object.keys(document.paths).map((path) => ({
    path,
    pattern: new RegExp(
      `^${path
        .replaceAll('.', '\\.')
        .replaceAll(/\{name\}/g, '.+')
        .replaceAll(/\{\w+\}/g, '[^/]+')}$`,
    ),
  }));
  const pointer = (...parts: string[]) =>
    parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  const validate = (at: string, body: Json, where: string) => {
    const check = ajv.compile({ $ref: `openapi.json#${at.split('/').map(encodeURIComponent).join('/')}` });
    if (!check(body))
      throw new Error(
        `${where} does not fit the OpenAPI document: ${ajv.errorsText(check.errors)}\n${JSON.stringify(body)}`,
      );
  };
  return (method, url, { status, headers, body, text }) => {
    const path = url.split('?', 1)[0] as string;
    const where = `${method} ${path} → ${status}`;
    const route = routes.find(({ pattern }) => pattern.test(path));
    const operation = route && document.paths[route.path]?.[method.toLowerCase()];
    const type = headers.get('content-type')?.split(';', 1)[0] ?? '';
    if (!headers.get('x-request-id')) throw new Error(`${where} has no X-Request-Id`);
    if (!operation) {
      // Not described, so it can only be a refusal.
      if (status < 400 || type !== 'application/problem+json') throw new Error(`${where} is not described`);
      return validate(pointer('components', 'schemas', 'Problem'), body, where);
    }
    const key = [String(status), `${Math.floor(status / 100)}XX`].find((name) => operation.responses[name]);
    if (!key && status < 400) throw new Error(`${where}: this status is not described`);
    if (status >= 400 && type === 'application/problem+json')
      return validate(pointer('components', 'schemas', 'Problem'), body, where);
    const content = operation.responses[key as string].content;
    if (!content) {
      if (text !== '') throw new Error(`${where} has a body, described without one`);
      return undefined;
    }
    if (!content[type] && !content['*/*']) throw new Error(`${where} is ${type}, described as ${Object.keys(content)}`);
    if (!content[type] || type !== 'application/json') return undefined;
    const at = pointer(
      'paths',
      route.path,
      method.toLowerCase(),
      'responses',
      key as string,
      'content',
      type,
      'schema',
    );
    return validate(at, body, where);
  };
}
