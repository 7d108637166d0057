import { isCollection, isNode, isPair, LineCounter, parseDocument, type Document } from 'yaml';
import { type Workflow, workflowSchema } from './workflow.ts';
import { nestedTooDeep } from './workflow/condition.ts';
import { readIssues } from './workflow/read-issues.ts';

export type WorkflowProblem = { file: string; line: number; column: number; path: string; message: string };
/** Where something stands in the file, by its path in the data. */
export type Locate = (path: ReadonlyArray<string | number>) => { file: string; line: number; column: number };
export type ParsedWorkflow =
  | { ok: true; workflow: Workflow; locate: Locate }
  | { ok: false; problems: WorkflowProblem[] };

/** So deep nests the deepest workflow that could be right; anything beyond is told before it is read. */
const DEEPEST_FILE = 40;

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
  const read = document.toJS({ maxAliasCount: 100 }) as unknown;
  if (nestedTooDeep(read, DEEPEST_FILE))
    return {
      ok: false,
      problems: [{ ...at(0), path: '', message: `this nests more than ${DEEPEST_FILE} levels deep` }],
    };
  const parsed = workflowSchema.safeParse(read);
  if (parsed.success) return { ok: true, workflow: parsed.data, locate: (path) => at(offsetOf(document, path, false)) };
  const problems = readIssues(parsed.error.issues, read).map(({ path, message, key }) => ({
    ...at(offsetOf(document, path, key)),
    path: path.join('.'),
    message,
  }));
  return { ok: false, problems };
}

/** One line a problem: `workflows/x.yaml:12:9 steps.0.wait: expected …`. */
export function formatProblem(problem: WorkflowProblem): string {
  return `${problem.file}:${problem.line}:${problem.column} ${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
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
