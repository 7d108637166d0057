import { isCollection, isNode, isPair, LineCounter, parseDocument, type Document } from 'yaml';
import { isKind, kinds } from './kinds/kind.ts';
import { type Workflow, workflowSchema } from './workflow.ts';

export type WorkflowProblem = { file: string; line: number; column: number; path: string; message: string };
export type ParsedWorkflow = { ok: true; workflow: Workflow } | { ok: false; problems: WorkflowProblem[] };

/** Reads one workflow file; every problem names the file, the line and what was expected there. */
export function parseWorkflow(text: string, file: string): ParsedWorkflow {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  if (document.errors.length > 0)
    return {
      ok: false,
      problems: document.errors.map((error) => ({
        ...at(error.pos[0]),
        path: '',
        message: `this is not YAML: ${error.message}`,
      })),
    };
  const parsed = workflowSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (parsed.success) return { ok: true, workflow: parsed.data };
  const problems = parsed.error.issues.flatMap((issue): WorkflowProblem[] => {
    const path = issue.path.filter((key): key is string | number => typeof key !== 'symbol');
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        ...at(offsetOf(document, [...path, key], true)),
        path: [...path, key].join('.'),
        message: `there is no setting “${key}” here${suggestion(key)}`,
      }));
    const decide = issue.code === 'invalid_union' ? document.getIn([...path, 'decide']) : undefined;
    if (decide !== undefined && !(typeof decide === 'string' && isKind(decide)))
      return [
        {
          ...at(offsetOf(document, [...path, 'decide'], false)),
          path: [...path, 'decide'].join('.'),
          message: `expected one of ${kinds.join(', ')}; found ${shownValue(decide)}`,
        },
      ];
    return [
      { ...at(offsetOf(document, path, false)), path: path.join('.'), message: describe(issue, document.getIn(path)) },
    ];
  });
  return { ok: false, problems };
}

/** One line a problem: `workflows/x.yaml:12:9 steps.0.wait: expected …`. */
export function formatProblem(problem: WorkflowProblem): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}

type Issue = { code?: string; message: string; path: PropertyKey[]; expected?: unknown; errors?: unknown };

function describe(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_union')
    return 'expected a step: either {id, wait: 3d} or {id, decide: email_draft, brief: …}';
  const found = value === undefined ? 'it is missing' : `found ${shownValue(value)}`;
  const wanted =
    issue.code === 'invalid_type'
      ? `a ${String(issue.expected)}`
      : issue.code === 'invalid_value'
        ? issue.message.replace(/^Invalid (?:option|input): expected /, '')
        : issue.message;
  return `expected ${wanted}; ${found}`;
}

/** Where a path stands in the text; for something that is missing, where the nearest thing around it stands. */
function offsetOf(document: Document, path: ReadonlyArray<string | number>, key: boolean): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (key && length === path.length && isCollection(parent)) {
      for (const item of parent.items)
        if (isPair(item) && isNode(item.key) && 'value' in item.key && item.key.value === last)
          return item.key.range?.[0] ?? 0;
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

const KNOWN = Object.keys(workflowSchema.shape);

function suggestion(key: string): string {
  const near = KNOWN.find(
    (known) => known.replaceAll('_', '') === key.toLowerCase().replaceAll(/[_-]/g, '') || distance(known, key) <= 2,
  );
  return near ? `; did you mean “${near}”?` : '';
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min((row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1), (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}

function shownValue(value: unknown): string {
  return isNode(value) || (typeof value === 'object' && value !== null)
    ? 'a list or a mapping'
    : `“${String(value).slice(0, 60)}”`;
}
