import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { didYouMean } from './did-you-mean.ts';
import { type Condition, conditionKeys, conditionSchema, mentions, nestedTooDeep } from './workflow/condition.ts';

/** As workflows and conditions name it. */
export const SEGMENT_NAME = /^[a-z][a-z0-9-]{0,59}$/;

export type ParsedSegment = { ok: true; condition: Condition } | { ok: false; problems: string[] };

/**
 * Reads the YAML (or JSON) of a segment: a condition as workflows have them, at the top or under `when`. Problems are
 * `file:line:column what is wrong`.
 */
export function parseSegment(text: string, file: string): ParsedSegment {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0)
    return {
      ok: false,
      problems: document.errors.map((error) => `${place(error.pos[0])} this is not YAML: ${error.message}`),
    };
  const whole: unknown = document.toJS({ maxAliasCount: 100 });
  if (nestedTooDeep(whole)) return { ok: false, problems: [`${file}:1:1 the condition is nested too deep to be read`] };
  const under = isObject(whole) && Object.keys(whole).length === 1 && Object.hasOwn(whole, 'when') ? ['when'] : [];
  const value = under.length === 0 ? whole : (whole as Record<string, unknown>)['when'];
  const parsed = conditionSchema.safeParse(value);
  if (parsed.success) return { ok: true, condition: parsed.data };
  const wrong = deepestProblem(value);
  return { ok: false, problems: [`${place(offsetOf(document, [...under, ...wrong.path]))} ${wrong.message}`] };
}

/** Where a path stands in the text: a key where it has one, else the value. */
function offsetOf(document: Document, path: ReadonlyArray<string | number>): number {
  const parent: unknown = path.length === 0 ? null : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent))
    for (const { key } of parent.items) if (isScalar(key) && key.value === last && key.range) return key.range[0];
  const node: unknown = document.getIn(path, true);
  return isNode(node) && node.range ? node.range[0] : 0;
}

/** Every other segment that a condition asks for. */
export function segmentMentions(condition: Condition): string[] {
  return mentions(condition).segments;
}

/** The way from a segment back to itself, or null: `a → b → a`. */
export function segmentCycle(name: string, conditions: ReadonlyMap<string, Condition>): string[] | null {
  const walk = (at: string, way: readonly string[]): string[] | null => {
    const condition = conditions.get(at);
    if (condition === undefined) return null;
    for (const next of segmentMentions(condition)) {
      if (next === name) return [...way, at, next];
      if (way.includes(next) || next === at) continue;
      const found = walk(next, [...way, at]);
      if (found !== null) return found;
    }
    return null;
  };
  return walk(name, []);
}

type Wrong = { path: Array<string | number>; message: string };

/** A union says only that nothing fits; this looks for the innermost part that is no condition, and says what it should be. */
function deepestProblem(value: unknown, path: Array<string | number> = []): Wrong {
  if (!isObject(value))
    return { path, message: `expected a condition such as { field: country, is: DE }; found ${shown(value)}` };
  for (const list of ['all', 'any'] as const) {
    const parts = value[list];
    if (!Array.isArray(parts)) continue;
    const bad = parts.findIndex((part) => !conditionSchema.safeParse(part).success);
    if (bad !== -1) return deepestProblem(parts[bad], [...path, list, bad]);
  }
  if (Object.hasOwn(value, 'not') && !conditionSchema.safeParse(value['not']).success)
    return deepestProblem(value['not'], [...path, 'not']);
  const kinds = conditionKeys.filter((key) => Object.hasOwn(value, key));
  if (kinds.length === 0) {
    const [key = ''] = Object.keys(value);
    const meant = didYouMean(key, conditionKeys);
    return {
      path: [...path, key],
      message: `“${key}” begins no condition${meant === null ? `; one of ${conditionKeys.join(', ')} does` : `; did you mean “${meant}”?`}`,
    };
  }
  const parsed = conditionSchema.safeParse(value);
  const inner = parsed.success ? null : bestIssue(parsed.error.issues, kinds[0] ?? '');
  return {
    path: [...path, ...(inner?.path ?? [])],
    message: `this is no condition “${kinds[0] ?? ''}”: ${inner?.message ?? 'something of it does not fit'}`,
  };
}

type Issue = { path: PropertyKey[]; message: string; code?: string; errors?: unknown; keys?: unknown };

/** Of the members of a union, the problem of the one whose key stands there. */
function bestIssue(issues: readonly unknown[], kind: string): Wrong | null {
  const all = issues.flatMap((issue) => flat(issue as Issue));
  const own = all.find((issue) => issue.path[0] === kind && issue.code !== 'invalid_union');
  const unknown = all.find(
    (issue) => issue.code === 'unrecognized_keys' && Array.isArray(issue.keys) && !issue.keys.includes(kind),
  );
  const missing = all.find((issue) => issue.code === 'custom');
  const issue = own ?? unknown ?? missing;
  if (issue === undefined) return null;
  return {
    path: issue.path.filter((key): key is string | number => typeof key !== 'symbol'),
    message: issue.message,
  };
}

function flat(issue: Issue): Issue[] {
  if (!Array.isArray(issue.errors)) return [issue];
  return issue.errors.flatMap((member: unknown) =>
    Array.isArray(member) ? member.flatMap((each) => flat(each as Issue)) : [],
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  return Array.isArray(value) ? 'a list (put it under “all” or “any”)' : `“${JSON.stringify(value).slice(0, 60)}”`;
}
