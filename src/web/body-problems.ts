import type { z } from 'zod';
import { cut } from '../core/lead-values.ts';
import { oneLine } from '../core/plain-text.ts';

/** What is wrong with one field of a request, and what to send instead. */
export type BodyProblem = { field: string; value: unknown; problem: string; remedy: string };

export type BodyWords = {
  /** What to send instead, by the path of the field. */
  remedies: Record<string, string>;
  /** Of a field that is not known there. */
  unknown: { problem: string; remedy: string };
};

const MAX_PROBLEMS = 20;

/** A body that is no JSON at all. */
export const notJson: BodyProblem = {
  field: '(body)',
  value: null,
  problem: 'is not JSON',
  remedy: 'send one JSON object with type and data',
};

export function bodyProblems(
  issues: readonly z.core.$ZodIssue[],
  body: unknown,
  { remedies, unknown }: BodyWords,
): BodyProblem[] {
  return issues.slice(0, MAX_PROBLEMS).flatMap((issue): BodyProblem[] => {
    const field = shownText(issue.path.map(String).join('.')) || '(body)';
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        field: `${field}.${shownText(key)}`,
        value: shownValue(valueAt(body, [...issue.path, key])),
        ...unknown,
      }));
    const value = valueAt(body, issue.path);
    return [
      {
        field,
        value: shownValue(value),
        problem: problemOf(issue, value),
        remedy: remedies[field] ?? 'send a text, or leave it out',
      },
    ];
  });
}

function problemOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'too_big') return `is longer than ${issue.maximum} characters`;
  if (issue.code === 'invalid_value') return `is not one of ${issue.values.join(', ')}`;
  if (issue.code === 'invalid_type') return value === undefined ? 'is missing' : `is not of the type ${issue.expected}`;
  if (issue.code === 'custom') return issue.message;
  return 'is not what it should be';
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

/** What was sent, as far as it is short and plain. */
function shownValue(value: unknown): unknown {
  if (typeof value === 'string') return shownText(value);
  return typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function shownText(text: string): string {
  return cut(oneLine(text.toWellFormed()), 100);
}
