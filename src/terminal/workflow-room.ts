import { parseArgs } from 'node:util';
import { checkWorkflow, type KnownNames, NOTHING_KNOWN } from '../core/workflow/check.ts';
import { changeLine, type Change, diffWorkflows } from '../core/workflow/diff.ts';
import { workflowJsonSchema } from '../core/workflow/json-schema.ts';
import { isError } from '../core/workflow/workflow-finding.ts';
import type { Workflow } from '../core/workflow.ts';
import { knownNames } from '../engine/known-names.ts';
import { previewPublish, publishedDefinition, publishWorkflow } from '../engine/publish-workflow.ts';
import type { CommandDeps } from './leads.ts';
import { archive, migrate } from './workflow-moves.ts';
import { NotUnderstood } from './not-understood.ts';
import { readWorkflowFile, readWorkflowFiles, type WorkflowFile } from './workflow-files.ts';

const help = `workflow check [FILE…] [--known] [--strict] [--json]
workflow schema
workflow diff FILE            what publishing the file would change
workflow diff A B             A and B: a file, a name, or a name and version such as whitepaper-nurture@3
workflow publish FILE [--yes] [--by ID]
workflow migrate NAME [--to VERSION] [--yes] [--by ID]
workflow archive NAME [--drain] [--yes] [--by ID]

check reads workflow files (a folder stands for all of its files; left out, the folder workflows) and says what can't work
(error) and what is probably not meant (warning), with its place in the file and what to do.
  --known      compare names with the segments, columns and events of the workspace
  --strict     warnings fail, too
  --json       one list of findings, for programs

schema writes the JSON Schema of workflow files, which editors use to complete and to check while you type.

publish shows what changes and how many leads are under way, who stay on their version; --yes publishes. Put the file into the
folder that the folder that the program reads at start as well: what stands there holds again after the next start.

migrate shows where the leads that are under way on other versions would go; --yes moves them. What was approved goes out as it was.

archive takes nobody in any more and ends those under way, with their cards and what is not sent yet; with --drain they go on to
their end. Publishing takes a workflow out of the archive.
`;

/** The verbs of `workflow` that work on files. @returns the exit code, or null when the verb is none of them. */
export async function workflowFileCommand(
  verb: string | undefined,
  args: string[],
  deps: CommandDeps,
): Promise<number | null> {
  switch (verb) {
    case 'check':
      return understood(deps, () => check(args, deps));
    case 'schema':
      deps.out(`${JSON.stringify(workflowJsonSchema(), null, 2)}\n`);
      return 0;
    case 'diff':
      return understood(deps, () => diff(args, deps));
    case 'publish':
      return understood(deps, () => publish(args, deps));
    case 'migrate':
      return understood(deps, () => migrate(args, deps));
    case 'archive':
      return understood(deps, () => archive(args, deps));
    case '--help':
    case '-h':
      deps.out(help);
      return 0;
    case undefined:
    default:
      return null;
  }
}

async function understood(deps: CommandDeps, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!(error instanceof NotUnderstood) && !code.startsWith('ERR_PARSE_ARGS')) throw error;
    deps.err(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    return 2;
  }
}

type Told = {
  file: string;
  line: number;
  column: number;
  severity: 'error' | 'warning';
  code: string;
  text: string;
  remedy: string;
};

async function check(args: string[], deps: CommandDeps): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      known: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const files = await readWorkflowFiles(positionals.length === 0 ? ['workflows'] : positionals, deps.cwd);
  const known = values.known ? await knownNames(await deps.context()) : NOTHING_KNOWN;
  const told = files.flatMap((file) => (file.ok ? findingsOf(file, known) : []));
  const broken = files.flatMap((file) => (file.ok ? [] : file.problems));
  const failed = broken.length > 0 || told.some(isError) || (values.strict && told.length > 0);
  if (values.json) deps.out(`${JSON.stringify({ ok: !failed, unreadable: broken, findings: told }, null, 2)}\n`);
  else deps.out(checkWords(files, told, broken));
  return failed ? 1 : 0;
}

function findingsOf(file: Extract<WorkflowFile, { ok: true }>, known: KnownNames): Told[] {
  return checkWorkflow(file.workflow, known).map(({ path, code, severity, text, remedy }) => ({
    ...file.locate(path),
    severity,
    code,
    text,
    remedy,
  }));
}

function checkWords(files: readonly WorkflowFile[], told: readonly Told[], broken: readonly string[]): string {
  const lines = [
    ...broken,
    ...told.map(
      ({ file, line, column, severity, code, text, remedy }) =>
        `${file}:${line}:${column} ${severity} ${code}\n    ${text}\n    ${remedy}`,
    ),
  ];
  const errors = broken.length + told.filter(isError).length;
  const warnings = told.length - told.filter(isError).length;
  const sum =
    errors + warnings === 0
      ? 'nothing to complain about'
      : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  return `${[...lines, `${counted(files.length, 'file')} checked: ${sum}.`].join('\n')}\n`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

async function diff(args: string[], deps: CommandDeps): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
  const [first, second, ...more] = positionals;
  if (first === undefined || more.length > 0)
    throw new NotUnderstood('Which two? workflow diff FILE, or: workflow diff A B');
  const one = await sideOf(first, deps);
  if (one === null) return 1;
  if (second === undefined) {
    if (!isFile(first)) throw new NotUnderstood(`Compare ${first} with what? workflow diff ${first} FILE`);
    const published = await publishedDefinition(await deps.context(), one.name, null);
    if (published === null) {
      deps.out(`${one.name} was never published: all of it is new.\n`);
      return 0;
    }
    deps.out(diffWords(diffWorkflows(published.definition, one)));
    return 0;
  }
  const other = await sideOf(second, deps);
  if (other === null) return 1;
  deps.out(diffWords(diffWorkflows(one, other)));
  return 0;
}

function isFile(name: string): boolean {
  return /\.ya?ml$/i.test(name);
}

/** What one side of a comparison is: a file, a name, or a name and version. Says so itself when there is none. */
async function sideOf(name: string, deps: CommandDeps): Promise<Workflow | null> {
  if (isFile(name)) {
    const file = await readWorkflowFile(name, deps.cwd);
    if (file.ok) return file.workflow;
    deps.err(`${file.problems.join('\n')}\n`);
    return null;
  }
  const [workflow = '', version] = name.split('@');
  if (version !== undefined && !/^\d{1,6}$/.test(version))
    throw new NotUnderstood(`“${version}” is no version: write ${workflow}@3`);
  const found = await publishedDefinition(
    await deps.context(),
    workflow,
    version === undefined ? null : Number(version),
  );
  if (found === null) deps.err(`There is no published workflow ${name}, and a file ends with .yaml.\n`);
  return found?.definition ?? null;
}

function diffWords(changes: readonly Change[]): string {
  return changes.length === 0 ? 'There is no difference.\n' : `${changes.map(changeLine).join('\n')}\n`;
}

async function publish(args: string[], deps: CommandDeps): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { yes: { type: 'boolean', default: false }, by: { type: 'string' } },
  });
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new NotUnderstood('Which file? workflow publish FILE');
  if (values.by !== undefined && !/^[A-Za-z0-9._-]{1,40}$/.test(values.by))
    throw new NotUnderstood('--by takes an id such as U0ANA (the audit keeps no names or addresses).');
  const file = await readWorkflowFile(name, deps.cwd);
  if (!file.ok) {
    deps.err(`${file.problems.join('\n')}\n`);
    return 1;
  }
  const ctx = await deps.context();
  const told = findingsOf(file, await knownNames(ctx));
  if (told.length > 0) deps.out(checkWords([file], told, []));
  if (told.some(isError)) {
    deps.err('Nothing was published: correct the errors first.\n');
    return 1;
  }
  const preview = await previewPublish(ctx, file.workflow);
  if (preview.current !== null && preview.changes.length === 0 && !preview.archived) {
    deps.out(`${file.workflow.name} stands so already, as version ${preview.current}.\n`);
    return 0;
  }
  deps.out(previewWords(file.workflow.name, preview));
  if (!values.yes) {
    deps.out(`Nothing was published yet. To do it: workflow publish ${name} --yes\n`);
    return 0;
  }
  const { version } = await publishWorkflow(ctx, file.workflow, `person:${values.by ?? 'terminal'}`, {
    revive: true,
  });
  deps.out(`${file.workflow.name} is published as version ${version}.\n`);
  return 0;
}

function previewWords(
  name: string,
  { current, changes, again, underWay, archived }: Awaited<ReturnType<typeof previewPublish>>,
): string {
  if (current === null) return `${name} is new.\n`;
  const stay =
    underWay === 0
      ? 'No lead is under way.'
      : `${counted(underWay, 'lead')} under way ${underWay === 1 ? 'stays' : 'stay'} on the version they began with.`;
  const which = again === null ? '' : ` This is what version ${again} said: it would hold again.`;
  const out = archived ? ' It is in the archive; publishing takes it out.' : '';
  return `${name}, against version ${current}:\n${diffWords(changes)}${stay}${which}${out}\n`;
}
