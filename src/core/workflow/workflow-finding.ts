/**
 * Something about a workflow that is probably not meant (`warning`) or can't work (`error`), though the file can be read.
 * `path` leads to its place in the file; `remedy` says what to do, as a sentence.
 */
export type WorkflowFinding = {
  code: string;
  severity: 'error' | 'warning';
  path: Array<string | number>;
  text: string;
  remedy: string;
};

export function isError({ severity }: Pick<WorkflowFinding, 'severity'>): boolean {
  return severity === 'error';
}
