import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatProblem, type Locate, parseWorkflow } from '../core/workflow-yaml.ts';
import type { Workflow } from '../core/workflow.ts';
import { fileTrouble } from './file-trouble.ts';

/** One file as it was read. `problems`: one line each, with file, line and column; the file can't be used then. */
export type WorkflowFile =
  | { file: string; ok: true; workflow: Workflow; locate: Locate }
  | { file: string; ok: false; problems: string[] };

/** @param names as they were typed: files, or folders for every .yaml and .yml file in them. */
export async function readWorkflowFiles(names: readonly string[], cwd: string): Promise<WorkflowFile[]> {
  const files: WorkflowFile[] = [];
  for (const name of names) {
    const listed = await filesOf(name, cwd);
    if ('trouble' in listed) files.push({ file: name, ok: false, problems: [listed.trouble] });
    else for (const file of listed.files) files.push(await readWorkflowFile(file, cwd));
  }
  return files;
}

async function filesOf(name: string, cwd: string): Promise<{ files: string[] } | { trouble: string }> {
  try {
    const path = resolve(cwd, name);
    if (!(await stat(path)).isDirectory()) return { files: [name] };
    const found = (await readdir(path)).filter((file) => /\.ya?ml$/.test(file)).toSorted();
    return found.length === 0
      ? { trouble: `There is no .yaml file in ${name}.` }
      : { files: found.map((file) => join(name, file)) };
  } catch (error) {
    const trouble = fileTrouble(error, name);
    if (trouble === null) throw error;
    return { trouble };
  }
}

export async function readWorkflowFile(file: string, cwd: string): Promise<WorkflowFile> {
  try {
    const parsed = parseWorkflow(await readFile(resolve(cwd, file), 'utf8'), file);
    return parsed.ok
      ? { file, ok: true, workflow: parsed.workflow, locate: parsed.locate }
      : { file, ok: false, problems: parsed.problems.map(formatProblem) };
  } catch (error) {
    const trouble = fileTrouble(error, file);
    if (trouble === null) throw error;
    return { file, ok: false, problems: [trouble] };
  }
}
