import type { z } from 'zod';
import { didYouMean } from '../did-you-mean.ts';
import { conditionKeys } from './condition.ts';
import { schemaPlace } from './schema-walk.ts';
import { stepKinds, triggerKinds } from './step.ts';

type Issue = z.core.$ZodIssue;
type Path = Array<string | number>;

/** A mistake at a place of the file; `key`: it is the setting's name that is wrong, not its value. */
export type FileIssue = { path: Path; message: string; key: boolean };

const KINDS: Record<'step' | 'condition', readonly string[]> = { step: stepKinds, condition: conditionKeys };

/** What the schema found, in words for the person who wrote the file: what was expected, what stands there, what was probably meant. */
export function readIssues(issues: readonly Issue[], root: unknown): FileIssue[] {
  return issues.flatMap((issue) => readIssue(issue, [], root));
}

function readIssue(issue: Issue, above: Path, root: unknown): FileIssue[] {
  const path = [...above, ...issue.path.filter((key): key is string | number => typeof key !== 'symbol')];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, root));
  const value = valueAt(root, path);
  if (
    issue.code === 'invalid_union' &&
    (issue.errors.length === 0 || issue.message === 'Invalid input' || isMapping(value))
  )
    return readUnion(issue, path, root);
  // A rule over several settings says all itself; of a single value it helps to see it.
  if (issue.code === 'custom' && typeof value === 'object' && value !== null)
    return [{ path, message: `expected ${issue.message}`, key: false }];
  return [{ path, message: `expected ${wanted(issue)}; ${foundWords(value)}${meant(path, value, root)}`, key: false }];
}

/** One of several forms: told by the form that was probably meant. */
function readUnion(issue: Extract<Issue, { code: 'invalid_union' }>, path: Path, root: unknown): FileIssue[] {
  const value = valueAt(root, path);
  const place = schemaPlace(path, root);
  const given = isMapping(value) ? Object.keys(value) : [];
  if (place?.choice && isMapping(value)) {
    const kinds = KINDS[place.choice];
    const own = given.filter((key) => kinds.includes(key));
    if (own.length > 1)
      return [
        { path, message: `expected one kind of ${place.choice}; found ${own.join(' and ')} together`, key: false },
      ];
    if (own.length === 0) return noKind(place.choice, kinds, given, path);
    return readForm(issue.errors[kinds.indexOf(own[0] ?? '')] ?? [], path, root);
  }
  if (place?.choice) {
    const message = `expected a ${place.choice}: a mapping with one of ${KINDS[place.choice].join(', ')}; ${foundWords(value)}`;
    return [{ path, message, key: false }];
  }
  if (issue.errors.length === 0) return [wordProblem(path, root)];
  const forms = issue.errors.map((errors) => ({ errors, penalty: penaltyOf(errors) }));
  const best = forms.toSorted((a, b) => a.penalty - b.penalty)[0];
  return readForm(best?.errors ?? [], path, root);
}

function readForm(errors: readonly Issue[], path: Path, root: unknown): FileIssue[] {
  return errors.flatMap((error) => readIssue(error, path, root));
}

function noKind(
  choice: 'step' | 'condition',
  kinds: readonly string[],
  given: readonly string[],
  path: Path,
): FileIssue[] {
  const own = choice === 'step' ? given.filter((key) => key !== 'id' && key !== 'next') : given;
  const near = own.map((key) => ({ key, near: didYouMean(key, kinds) })).find((guess) => guess.near !== null);
  if (near)
    return [
      {
        path: [...path, near.key],
        message: `there is no ${choice} “${near.key}”; did you mean “${near.near}”?`,
        key: true,
      },
    ];
  const found = own.length === 0 ? 'nothing that says which' : own.map((key) => `“${key}”`).join(', ');
  return [{ path, message: `expected a ${choice} of one kind: ${kinds.join(', ')}; found ${found}`, key: false }];
}

/** How little a form fits: a wrong shape counts most, then settings it lacks or does not know; what is wrong deeper down hardly. */
function penaltyOf(errors: readonly Issue[]): number {
  return errors.reduce((sum, error) => {
    if (error.path.length === 0 && (error.code === 'invalid_type' || error.code === 'invalid_value')) return sum + 100;
    if (error.code === 'unrecognized_keys') return sum + 2 * error.keys.length;
    return sum + (error.path.length === 1 && error.code === 'invalid_type' ? 2 : 0.1);
  }, 0);
}

function unknownKey(path: Path, key: string, root: unknown): FileIssue {
  const place = schemaPlace(path, root);
  const own = valueAt(root, path);
  const free = (place?.keys ?? []).filter((known) => !(isMapping(own) && known in own));
  const near = didYouMean(key, free) ?? didYouMean(key.replaceAll(/[-_ ]/g, ''), free);
  const suggestion = near === null ? '' : `; did you mean “${near}”?`;
  return { path: [...path, key], message: `there is no setting “${key}” here${suggestion}`, key: true };
}

function wordProblem(path: Path, root: unknown): FileIssue {
  const words = wordsAt(path, root);
  const value = valueAt(root, path);
  return {
    path,
    message: `expected one of ${words.join(', ')}; ${foundWords(value)}${guessOf(value, words)}`,
    key: false,
  };
}

function wordsAt(path: Path, root: unknown): readonly string[] {
  const last = path.at(-1);
  // The word that tells forms apart stands in each form, so no single one of them knows them all.
  if (last === 'on') return triggerKinds;
  return schemaPlace(path, root)?.words ?? [];
}

function meant(path: Path, value: unknown, root: unknown): string {
  return guessOf(value, wordsAt(path, root));
}

function guessOf(value: unknown, words: readonly string[]): string {
  if (typeof value !== 'string') return '';
  const guess = didYouMean(value, words) ?? words.find((word) => value.toLowerCase().startsWith(word)) ?? null;
  return guess === null || guess === value ? '' : `; did you mean “${guess}”?`;
}

function wanted(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return article(issue.expected);
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'custom':
    case 'invalid_format':
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return issue.message;
  }
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' letters' : origin === 'array' ? ' entries' : '';
}

const SHAPES: Record<string, string> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  int: 'a whole number',
  boolean: 'true or false',
};

function article(expected: string): string {
  return SHAPES[expected] ?? `a ${expected}`;
}

function foundWords(value: unknown): string {
  if (value === undefined || value === null) return 'it is missing';
  if (Array.isArray(value)) return `found a list of ${value.length}`;
  if (typeof value === 'object') return 'found a mapping';
  return `found “${(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 60)}”`;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(root: unknown, path: Path): unknown {
  let at: unknown = root;
  for (const key of path)
    at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined;
  return at;
}
