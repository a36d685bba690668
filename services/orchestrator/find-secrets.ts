import { z } from 'zod';
import { catalog } from '../../workers/catalog.ts';

type Params = Readonly<Record<string, unknown>>;

/** The part of JSON Schema that leads to a value. */
interface Schema {
  readonly writeOnly?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

const schemas = new Map(
  Object.entries(catalog).map(([kind, { contract }]) => {
    const options = { io: 'input', unrepresentable: 'any', reused: 'inline' } as const;
    return [kind, z.toJSONSchema(contract.params, options) as Schema] as const;
  }),
);

/** Kinds with a param that is `writeOnly`: taken, and never shown again. */
export const kindsWithSecrets: readonly string[] = [...schemas]
  .filter(([, schema]) => JSON.stringify(schema).includes('"writeOnly":true'))
  .map(([kind]) => kind);

/** The params without what is `writeOnly` in their kind; undefined when nothing of that is in them. */
export function withoutSecrets(kind: string, params: Params): Params | undefined {
  const schema = schemas.get(kind);
  if (schema === undefined) return undefined;
  const copy = structuredClone(params);
  return removeSecrets(schema, copy) ? copy : undefined;
}

/** @returns whether it removed any */
function removeSecrets(schema: Schema, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members = value as Record<string, unknown>;
  let removed = false;
  for (const [name, member] of Object.entries(members)) {
    for (const inner of schemasOf(schema, name, Array.isArray(value))) {
      if (inner.writeOnly && Object.hasOwn(members, name)) {
        delete members[name];
        removed = true;
      } else if (removeSecrets(inner, member)) {
        removed = true;
      }
    }
  }
  return removed;
}

/** What may describe a member: the schema's own word for it, and those of its alternatives. */
function* schemasOf(schema: Schema, name: string, inList: boolean): Generator<Schema> {
  const { properties = {}, additionalProperties, items } = schema;
  const own = inList ? items : Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
  if (typeof own === 'object') yield* flatten(own);
  for (const other of alternatives(schema)) yield* schemasOf(other, name, inList);
}

function* flatten(schema: Schema): Generator<Schema> {
  yield schema;
  for (const other of alternatives(schema)) if (other.writeOnly) yield other;
}

const alternatives = ({ anyOf = [], oneOf = [], allOf = [] }: Schema) => [...anyOf, ...oneOf, ...allOf];
