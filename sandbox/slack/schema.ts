import { isRecord } from './json.ts';
import { type LimitName, limit } from './limits.ts';

/** Small checks that compose into the shapes of Block Kit and speak in Slack's words. */

export type Surface = 'message' | 'modal' | 'home';
/** `constraint`: which values would have been taken, where that is a short list. */
export type Problem = { message: string; pointer: string; constraint?: { expected: string[]; got: string } };
export type Checking = {
  surface: Surface;
  scopes: ReadonlySet<string>;
  /** Whether there is such a picture in the workspace, by id or address; without it any is taken. */
  hasPicture?: (reference: string) => boolean;
  problems: Problem[];
};
export type Check = (value: unknown, at: string, checking: Checking) => void;
export type Fields = Record<string, Check>;

export function complain(
  checking: Checking,
  at: string,
  message: string,
  constraint?: { expected: string[]; got: string },
): void {
  checking.problems.push({ message, pointer: at, ...(constraint === undefined ? {} : { constraint }) });
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

export function wrongType(checking: Checking, at: string, expected: string, value: unknown): void {
  complain(checking, at, `must provide ${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}, got ${typeName(value)}`);
}

export function text(name: LimitName): Check {
  return (value, at, checking) => {
    if (typeof value !== 'string') return wrongType(checking, at, 'string', value);
    const { min = 0, max } = limit(name);
    if (value.length < min) complain(checking, at, `must be more than ${min - 1} characters`);
    if (value.length > max) complain(checking, at, `must be less than ${max + 1} characters`);
  };
}

export const anyText: Check = (value, at, checking) => {
  if (typeof value !== 'string') return wrongType(checking, at, 'string', value);
  if (value === '') complain(checking, at, 'must be more than 0 characters');
};

export const boolean: Check = (value, at, checking) => {
  if (typeof value !== 'boolean') wrongType(checking, at, 'boolean', value);
};

export const number: Check = (value, at, checking) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) wrongType(checking, at, 'number', value);
};

export function integer(name: LimitName): Check {
  return (value, at, checking) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return wrongType(checking, at, 'integer', value);
    const { min = 0, max } = limit(name);
    if (value < min) complain(checking, at, `must be greater than or equal to ${min}`);
    if (value > max) complain(checking, at, `must be less than or equal to ${max}`);
  };
}

export function oneOf(...allowed: readonly (string | number)[]): Check {
  return (value, at, checking) => {
    const known = (typeof value === 'string' || typeof value === 'number') && allowed.includes(value);
    if (known) return;
    const expected = allowed.map(String);
    complain(checking, at, `must be one of: ${expected.join(', ')}`, { expected, got: String(value) });
  };
}

export function pattern(expression: RegExp, what: string): Check {
  return (value, at, checking) => {
    if (typeof value !== 'string') return wrongType(checking, at, 'string', value);
    if (!expression.test(value)) complain(checking, at, `invalid ${what}`);
  };
}

export function list(item: Check, name?: LimitName): Check {
  return (value, at, checking) => {
    if (!Array.isArray(value)) return wrongType(checking, at, 'array', value);
    const { min = 0, max } = name === undefined ? { max: Number.POSITIVE_INFINITY } : limit(name);
    if (value.length < min) complain(checking, at, `no less than ${min} items allowed`);
    if (value.length > max) complain(checking, at, `no more than ${max} items allowed`);
    for (const [index, entry] of value.entries()) item(entry, `${at}/${index}`, checking);
  };
}

/** An object with exactly these properties: every `required` one, any of the `optional`, nothing else. */
export function shape(required: Fields, optional: Fields = {}): Check {
  return (value, at, checking) => {
    if (!isRecord(value)) return wrongType(checking, at, 'object', value);
    for (const [key, check] of Object.entries(required)) {
      if (Object.hasOwn(value, key)) check(value[key], `${at}/${key}`, checking);
      else complain(checking, at, `missing required field: ${key}`);
    }
    for (const [key, check] of Object.entries(optional))
      if (Object.hasOwn(value, key)) check(value[key], `${at}/${key}`, checking);
    for (const key of Object.keys(value))
      if (!Object.hasOwn(required, key) && !Object.hasOwn(optional, key))
        complain(checking, at, `invalid additional property: ${key}`);
  };
}

/** Picks the check by the object's `type`. */
export function byType(checks: Readonly<Record<string, Check>>): Check {
  return (value, at, checking) => {
    if (!isRecord(value)) return wrongType(checking, at, 'object', value);
    const { type } = value;
    if (typeof type !== 'string') return complain(checking, at, 'missing required field: type');
    const check = Object.hasOwn(checks, type) ? checks[type] : undefined;
    if (check === undefined)
      return complain(checking, `${at}/type`, `unsupported type: ${type}`, {
        expected: Object.keys(checks),
        got: type,
      });
    check(value, at, checking);
  };
}

export function all(...checks: readonly Check[]): Check {
  return (value, at, checking) => {
    for (const check of checks) check(value, at, checking);
  };
}

/** A rule over the whole object that the fields cannot say; runs only on objects. */
export function rule(inspect: (value: Record<string, unknown>) => string | null, below = ''): Check {
  return (value, at, checking) => {
    if (!isRecord(value)) return;
    const complaint = inspect(value);
    if (complaint !== null) complain(checking, `${at}${below}`, complaint);
  };
}

/** Exactly one of these properties has to be there. */
export function exactlyOne(...keys: readonly string[]): Check {
  return rule((value) => {
    const given = keys.filter((key) => Object.hasOwn(value, key));
    if (given.length === 1) return null;
    return given.length === 0
      ? `must define either ${keys.map((key) => `\`${key}\``).join(' or ')}`
      : `must define only one of ${keys.map((key) => `\`${key}\``).join(' or ')}`;
  });
}

export function only(...surfaces: readonly Surface[]): Check {
  return (value, at, checking) => {
    if (surfaces.includes(checking.surface)) return;
    const type = isRecord(value) && typeof value.type === 'string' ? value.type : 'element';
    complain(checking, at, `unsupported type: ${type} is not available in a ${checking.surface}`);
  };
}
