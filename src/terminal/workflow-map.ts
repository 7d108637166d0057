import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatProblem, parseWorkflow } from '../core/workflow-yaml.ts';
import { showWorkflow } from '../engine/show-workflow.ts';
import type { MapSubject } from '../pictures/map-page.ts';
import { drawWorkflowMap } from '../pictures/workflow-map.ts';
import type { CommandDeps } from './leads.ts';

/** Whether a workflow is named by its file rather than by its name; then nothing is counted and no database needed. */
export function isWorkflowFile(word: string): boolean {
  return /\.ya?ml$/i.test(word);
}

/** `workflow map NAME|FILE.yaml [--svg FILE] [--png FILE]`. @returns the exit code. */
export async function workflowMap(args: string[], deps: CommandDeps, misused: () => number): Promise<number> {
  const parsed = parse(args);
  if (parsed === null) return misused();
  const subject = await subjectOf(parsed.what, deps);
  if ('problem' in subject) {
    deps.err(`${subject.problem}\n`);
    return 1;
  }
  const map = await drawWorkflowMap(subject);
  const files = [
    ...(parsed.svg === undefined ? [] : [{ path: parsed.svg, content: map.svg }]),
    ...(parsed.png === undefined ? [] : [{ path: parsed.png, content: map.png }]),
  ];
  for (const { path, content } of files) {
    try {
      await writeFile(resolve(deps.cwd, path), content);
    } catch (error) {
      deps.err(`${path} could not be written: ${error instanceof Error ? error.message : String(error)}\n`);
      return 1;
    }
    deps.out(`${path}\n`);
  }
  if (files.length === 0) deps.out(`${map.altText}\n`);
  return 0;
}

function parse(args: string[]): { what: string; svg: string | undefined; png: string | undefined } | null {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { svg: { type: 'string' }, png: { type: 'string' } },
    });
    const [what, ...more] = positionals;
    return what === undefined || more.length > 0 ? null : { what, svg: values.svg, png: values.png };
  } catch {
    return null;
  }
}

async function subjectOf(what: string, deps: CommandDeps): Promise<MapSubject | { problem: string }> {
  if (!isWorkflowFile(what)) {
    const found = await showWorkflow(await deps.context(), what);
    return found.ok ? found.shown : { problem: found.text };
  }
  let text: string;
  try {
    text = await readFile(resolve(deps.cwd, what), 'utf8');
  } catch (error) {
    return { problem: `${what} can’t be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = parseWorkflow(text, what);
  if (!parsed.ok) return { problem: parsed.problems.map((problem) => formatProblem(problem)).join('\n') };
  return { workflow: parsed.workflow, version: null, counts: null };
}
