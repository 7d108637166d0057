import { z } from 'zod';
import { workflowSchema } from '../workflow.ts';
import type { JsonSchema } from './json-schema.ts';

let known: JsonSchema | null = null;

/** Made when the first mistake is explained: most runs never need it. */
function whole(): JsonSchema {
  known ??= z.toJSONSchema(workflowSchema, { io: 'input' }) as JsonSchema;
  return known;
}

/** What the schema says of one place in a file: the settings it may have, the words it may be, and what it is one kind of. */
export type SchemaPlace = { keys: string[]; words: string[]; choice: 'step' | 'condition' | null };

/** @param value what stands in the file, down which the path leads; it decides between alternatives. */
export function schemaPlace(path: ReadonlyArray<string | number>, value: unknown): SchemaPlace | null {
  let schema: JsonSchema | null = whole();
  let at = value;
  let choice: SchemaPlace['choice'] = null;
  for (const key of path) {
    const chosen = choose(schema, at);
    if (chosen === null) return null;
    schema = typeof key === 'number' ? (chosen.items ?? null) : (chosen.properties?.[key] ?? null);
    if (schema === null) return null;
    choice = choiceOf(schema);
    at = typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined;
  }
  const chosen = choose(schema, at);
  const names = chosen?.propertyNames?.enum?.filter((name) => typeof name === 'string') ?? [];
  return { keys: [...Object.keys(chosen?.properties ?? {}), ...names], words: wordsOf(schema), choice };
}

function choiceOf(schema: JsonSchema): SchemaPlace['choice'] {
  const name = (schema.$ref ?? schema.allOf?.[0]?.$ref ?? '').split('/').at(-1);
  return name === 'step' || name === 'condition' ? name : null;
}

function resolve(schema: JsonSchema): JsonSchema {
  if (schema.$ref !== undefined) {
    const target = whole().$defs?.[schema.$ref.split('/').at(-1) ?? ''];
    if (!target) throw new Error(`the schema has no ${schema.$ref}`);
    return resolve(target);
  }
  const [only] = schema.allOf ?? [];
  return only === undefined ? schema : resolve(only);
}

/** Of several forms the one that the value most looks like. */
function choose(schema: JsonSchema, value: unknown): JsonSchema | null {
  const resolved = resolve(schema);
  const forms = resolved.anyOf ?? resolved.oneOf;
  if (!forms) return resolved;
  const ranked = forms
    .map((form) => choose(form, value))
    .filter((form) => form !== null)
    .map((form) => ({ form, fit: fitOf(form, value) }))
    .toSorted((a, b) => b.fit - a.fit);
  return ranked[0]?.form ?? null;
}

function fitOf(form: JsonSchema, value: unknown): number {
  if (Array.isArray(value)) return form.type === 'array' ? 1 : -1;
  if (typeof value !== 'object' || value === null) return form.type === typeof value ? 1 : -1;
  if (form.type !== 'object') return -1;
  const given = Object.keys(value);
  const constants = Object.entries(form.properties ?? {}).filter(([, property]) => property.const !== undefined);
  const named = constants.filter(([key, property]) => Reflect.get(value, key) === property.const).length;
  return (form.required ?? []).filter((key) => given.includes(key)).length + 10 * named;
}

function wordsOf(schema: JsonSchema): string[] {
  const resolved = resolve(schema);
  const own = [...(resolved.enum ?? []), ...(resolved.const === undefined ? [] : [resolved.const])];
  return [
    ...own.filter((word) => typeof word === 'string'),
    ...[...(resolved.anyOf ?? []), ...(resolved.oneOf ?? [])].flatMap(wordsOf),
  ];
}
