import type { Draw } from './seeded.ts';

/** The part of JSON Schema that structured outputs use. */
export type JsonSchema = {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  $ref?: string;
  definitions?: Record<string, JsonSchema>;
  $defs?: Record<string, JsonSchema>;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  format?: string;
  pattern?: string;
  default?: unknown;
};

/** Content by property name; case and underscores do not matter. */
export type Wanted = Record<string, unknown>;

/**
 * A value that satisfies `schema`. Where a property's name is in `wanted` and its content can be made to fit (cut to
 * length, clipped to range, wrapped into the item's object), that content is used; everything else is generated.
 */
export function fillSchema(schema: JsonSchema, wanted: Wanted, draw: Draw): unknown {
  const byName = new Map(Object.entries(wanted).map(([name, value]) => [normal(name), value]));
  return new Filler(schema, byName, draw).fill(schema, undefined, '', 0);
}

/** One valid value a format. */
const EXAMPLES: Partial<Record<string, string>> = {
  email: 'someone@sandbox.example',
  uri: 'https://sandbox.example/',
  url: 'https://sandbox.example/',
  date: '2026-01-15',
  'date-time': '2026-01-15T09:00:00Z',
  time: '09:00:00',
};

const normal = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

class Filler {
  readonly root: JsonSchema;
  readonly byName: Map<string, unknown>;
  readonly draw: Draw;

  constructor(root: JsonSchema, byName: Map<string, unknown>, draw: Draw) {
    this.root = root;
    this.byName = byName;
    this.draw = draw;
  }

  fill(given: JsonSchema, want: unknown, path: string, depth: number): unknown {
    const schema = this.resolve(given);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return this.oneOf(schema.enum, want, path);
    const branches = schema.anyOf ?? schema.oneOf;
    if (branches) return this.branch(branches, want, path, depth);
    switch (typeOf(schema)) {
      case 'object':
        return this.object(schema, want, path, depth);
      case 'array':
        return this.array(schema, want, path, depth);
      case 'integer':
      case 'number':
        return this.number(schema, want, path);
      case 'boolean':
        return typeof want === 'boolean' ? want : this.draw.unit(path) < 0.5;
      case 'null':
        return null;
      default:
        return this.text(schema, want, path);
    }
  }

  private resolve(schema: JsonSchema): JsonSchema {
    if (schema.allOf)
      return Object.assign({}, schema, { allOf: undefined }, ...schema.allOf.map((s) => this.resolve(s)));
    if (schema.$ref === undefined) return schema;
    if (schema.$ref === '#') return this.root;
    let node: unknown = this.root;
    for (const part of schema.$ref.replace(/^#\//, '').split('/')) {
      const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      node = record(node)?.[key];
    }
    const found = record(node);
    if (found === undefined) throw new Error(`schema reference ${schema.$ref} leads nowhere`);
    return this.resolve(found);
  }

  private oneOf(options: unknown[], want: unknown, path: string): unknown {
    const text = typeof want === 'string' ? normal(want) : undefined;
    const match = options.find(
      (o) => o === want || (text !== undefined && typeof o === 'string' && normal(o) === text),
    );
    return match ?? this.draw.pick(path, options);
  }

  private branch(branches: JsonSchema[], want: unknown, path: string, depth: number): unknown {
    const resolved = branches.map((branch) => this.resolve(branch));
    const isNull = (branch: JsonSchema): boolean => typeOf(branch) === 'null';
    if (want === null && resolved.some(isNull)) return null;
    const real = resolved.filter((branch) => !isNull(branch));
    // A schema that contains itself ends here: null where that is allowed.
    if (depth > 5 && real.length < resolved.length) return null;
    const fitting = real.find((branch) => want !== undefined && accepts(branch, want));
    if (fitting === undefined && want === undefined && real.length < resolved.length && !this.knows(path)) return null;
    return this.fill(fitting ?? this.draw.pick(`${path}|`, real.length > 0 ? real : resolved), want, path, depth);
  }

  private knows(path: string): boolean {
    return this.byName.has(normal(path.split('.').at(-1) ?? ''));
  }

  private object(schema: JsonSchema, want: unknown, path: string, depth: number): Record<string, unknown> {
    const own = record(want);
    const properties = Object.entries(schema.properties ?? {});
    const carrier =
      own === undefined && want !== undefined
        ? properties.find(([, inner]) => accepts(this.resolve(inner), want) && !this.resolve(inner).enum)?.[0]
        : undefined;
    return Object.fromEntries(
      properties.map(([name, inner]) => {
        const fromOwn = own && Object.entries(own).find(([key]) => normal(key) === normal(name))?.[1];
        const content = name === carrier ? want : (fromOwn ?? (want === undefined ? this.called(name) : undefined));
        return [name, this.fill(inner, content, path === '' ? name : `${path}.${name}`, depth + 1)];
      }),
    );
  }

  private called(name: string): unknown {
    return this.byName.get(normal(name));
  }

  private array(schema: JsonSchema, want: unknown, path: string, depth: number): unknown[] {
    if (schema.prefixItems)
      return schema.prefixItems.map((item, i) => this.fill(item, undefined, `${path}.${i}`, depth + 1));
    const least = schema.minItems ?? 0;
    const most = schema.maxItems ?? Number.POSITIVE_INFINITY;
    const wanted = Array.isArray(want) ? want : typeof want === 'string' ? [want] : undefined;
    const length = wanted ? wanted.length : depth > 5 ? least : this.draw.int(`${path}#`, 1, 3);
    const count = Math.min(most, Math.max(least, length));
    return Array.from({ length: count }, (_, i) =>
      this.fill(schema.items ?? { type: 'string' }, wanted?.[i], `${path}.${i}`, depth + 1),
    );
  }

  private number(schema: JsonSchema, want: unknown, path: string): number {
    const whole = typeOf(schema) === 'integer';
    const step = schema.multipleOf ?? (whole ? 1 : 0.01);
    const edge = (value: number | undefined, away: number): number | undefined =>
      value === undefined ? undefined : value + away;
    const min = schema.minimum ?? edge(schema.exclusiveMinimum, step);
    const max = schema.maximum ?? edge(schema.exclusiveMaximum, -step);
    let value = typeof want === 'number' && Number.isFinite(want) ? want : undefined;
    // Content written as a percentage for a schema that asks for a share.
    if (value !== undefined && max !== undefined && max <= 1 && value > 1) value /= 100;
    const low = min ?? (max === undefined ? 0 : max - 100);
    const high = max ?? low + 100;
    value ??= low + this.draw.unit(path) * (high - low);
    const rounded = Math.round(value / step) * step;
    const clipped = Math.min(high, Math.max(low, rounded));
    return Number(clipped.toFixed(6));
  }

  private text(schema: JsonSchema, want: unknown, path: string): string {
    const value = typeof want === 'string' ? want : typeof want === 'number' ? String(want) : this.invent(schema, path);
    const most = schema.maxLength ?? Number.POSITIVE_INFINITY;
    const cut = value.length > most ? cutAtWord(value, most) : value;
    return cut.length < (schema.minLength ?? 0) ? cut.padEnd(schema.minLength ?? 0, '.') : cut;
  }

  private invent(schema: JsonSchema, path: string): string {
    if (schema.format === 'uuid') {
      const hex = this.draw.hex(path, 32);
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
    }
    const example = EXAMPLES[schema.format ?? ''];
    return example ?? `No template for “${path.split('.').at(-1) || 'this'}” in the sandbox.`;
  }
}

function typeOf(schema: JsonSchema): string {
  const type = Array.isArray(schema.type) ? (schema.type.find((t) => t !== 'null') ?? 'null') : schema.type;
  return type ?? (schema.properties ? 'object' : schema.items ? 'array' : 'string');
}

function accepts(schema: JsonSchema, want: unknown): boolean {
  if (schema.const !== undefined) return schema.const === want;
  switch (typeOf(schema)) {
    case 'object':
      return record(want) !== undefined;
    case 'array':
      return Array.isArray(want);
    case 'integer':
    case 'number':
      return typeof want === 'number';
    case 'boolean':
      return typeof want === 'boolean';
    case 'null':
      return want === null;
    default:
      return typeof want === 'string';
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cutAtWord(text: string, most: number): string {
  const cut = text.slice(0, Math.max(0, most - 1));
  const space = cut.lastIndexOf(' ');
  return `${(space > most / 2 ? cut.slice(0, space) : cut).trimEnd()}…`.slice(0, most);
}
