import { monotonicFactory } from 'ulid';
import { z } from 'zod';

/** The prefixes of the ids users see. The rest is a ULID: 26 characters, sortable by time of creation. */
export const idPrefixes = ['up', 'job', 'evt', 'we', 'dlv', 'key', 'run', 'req'] as const;
export type IdPrefix = (typeof idPrefixes)[number];

const nextUlid = monotonicFactory();

export function newId(prefix: IdPrefix): string {
  return `${prefix}_${nextUlid()}`;
}

export function idSchema(prefix: IdPrefix): z.ZodString {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9A-HJKMNP-TV-Z]{26}$`), `expected an id that starts with ${prefix}_`);
}
