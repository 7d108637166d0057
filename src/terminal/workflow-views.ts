import { bottleneckOf } from '../core/map-counts.ts';
import { humanDuration } from '../core/duration.ts';
import { oneLine } from '../core/plain-text.ts';
import { shownRules } from '../core/shown-rules.ts';
import { type ShownStep, shownSteps } from '../core/shown-steps.ts';
import { spokenPlain } from '../engine/autonomy-speech.ts';
import { enrollByHand } from '../engine/enroll-by-hand.ts';
import { workflowList } from '../engine/list-workflows.ts';
import { removeByHand } from '../engine/remove-by-hand.ts';
import { type ShownWorkflow, showWorkflow } from '../engine/show-workflow.ts';
import { whyLead } from '../engine/why-lead.ts';
import { type LeadAtStep, workflowLeads } from '../engine/workflow-leads.ts';
import type { CommandDeps } from './leads.ts';
import { workflowMap } from './workflow-map.ts';

/** The commands that look into workflows, each with what it takes and what it does. */
export const workflowViewUsage = {
  list: { takes: '', does: 'the workflows there are' },
  show: { takes: 'NAME', does: 'its steps, rules and what goes on in them' },
  map: { takes: 'NAME|FILE.yaml', does: 'draw it: --svg FILE, --png FILE; without either in words' },
  leads: { takes: 'NAME [STEP] [--page N]', does: 'who is where' },
  why: { takes: 'EMAIL', does: 'what happened to this lead, and why' },
  enroll: { takes: 'NAME EMAIL [--again]', does: 'put a lead in' },
  remove: { takes: 'NAME EMAIL [REASON]', does: 'take a lead out, with its card and what is not sent yet' },
} as const;
export type WorkflowView = keyof typeof workflowViewUsage;

export function isWorkflowView(verb: string | undefined): verb is WorkflowView {
  return verb !== undefined && Object.hasOwn(workflowViewUsage, verb);
}

export const workflowViewHelp: string = Object.entries(workflowViewUsage)
  .map(([verb, { takes, does }]) => `  ${`workflow ${verb} ${takes}`.trimEnd().padEnd(40)} ${does}\n`)
  .join('');

/** @returns the exit code: 0 done, 1 it was refused, 2 not understood. */
export async function workflowView(verb: WorkflowView, args: string[], deps: CommandDeps): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    deps.out(workflowViewHelp);
    return 0;
  }
  switch (verb) {
    case 'list':
      return args.length > 0 ? misused(verb, deps) : list(deps);
    case 'show':
      return args.length === 1 ? show(args[0] ?? '', deps) : misused(verb, deps);
    case 'map':
      return workflowMap(args, deps, () => misused(verb, deps));
    case 'leads':
      return leads(args, deps);
    case 'why':
      return args.length === 1 ? why(args[0] ?? '', deps) : misused(verb, deps);
    case 'enroll':
      return enroll(args, deps);
    case 'remove':
      return remove(args, deps);
  }
}

function misused(verb: WorkflowView, deps: CommandDeps): number {
  deps.err(`workflow ${verb} ${workflowViewUsage[verb].takes}\n`);
  return 2;
}

function refused(text: string, deps: CommandDeps): number {
  deps.err(`${text}\n`);
  return 1;
}

const count = (n: number): string => n.toLocaleString('en-US');
const plural = (n: number, one: string): string => `${count(n)} ${n === 1 ? one : `${one}s`}`;
const utc = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
/** What stands in rows may hold anything; a terminal gets one line of it. */
const line = (text: string, most = 200): string => {
  const whole = oneLine(text);
  return whole.length > most ? `${whole.slice(0, most - 1)}…` : whole;
};

async function list(deps: CommandDeps): Promise<number> {
  const { everythingPaused, workflows } = await workflowList(await deps.context());
  if (everythingPaused) deps.out('EVERYTHING IS PAUSED\n');
  if (workflows.length === 0) deps.out('No workflow is published yet.\n');
  for (const { name, status, version, steps, underWay, waiting, triggers, description } of workflows)
    deps.out(
      [
        `${name}  version ${version}, ${status}`,
        `  ${line(description)}`,
        `  begins   ${line(triggers.join('; '))}`,
        `  leads    ${count(underWay)} under way in ${plural(steps, 'step')}, ${count(waiting)} waiting for people`,
        '',
      ].join('\n'),
    );
  return 0;
}

async function show(name: string, deps: CommandDeps): Promise<number> {
  const found = await showWorkflow(await deps.context(), name);
  if (!found.ok) return refused(found.text, deps);
  deps.out(shownText(found.shown));
  return 0;
}

function shownText({ workflow, status, version, publishedAt, counts, versions }: ShownWorkflow): string {
  const older = versions.slice(1).map((on) => `, ${count(on.underWay)} on version ${on.version}`);
  const worst = bottleneckOf(counts);
  const width = Math.max(...shownRules(workflow).map(({ about }) => about.length));
  const steps = (track: 'ai' | 'baseline'): string[] =>
    shownSteps(workflow, track, counts).flatMap((step, i) => stepText(step, i, worst));
  return [
    `${workflow.name}  version ${version} of ${utc(publishedAt)}, ${status}`,
    line(workflow.description, 500),
    `${plural(counts.underWay, 'lead')} under way${older.join('')}, ${count(counts.done)} went through, ${count(counts.exited)} left early`,
    '',
    ...shownRules(workflow).map(({ about, says }) => `${about.padEnd(width)}  ${line(says, 500)}`),
    '',
    'Steps',
    ...steps('ai'),
    ...(workflow.baseline === undefined ? [] : ['', 'Baseline', ...steps('baseline')]),
    '',
  ].join('\n');
}

function stepText(
  { id, title, detail, ai, people, counts, ways }: ShownStep,
  i: number,
  worst: string | null,
): string[] {
  const mark = ai ? '  [AI decision]' : people ? '  [people]' : '';
  return [
    `${String(i + 1).padStart(3)}. ${id}  ${title}${mark}${id === worst ? '  <- most wait for people here' : ''}`,
    ...(detail === '' ? [] : [`     ${line(detail, 100)}`]),
    ...ways.map((way) => `     ${line(way)}`),
    ...(counts === '' ? [] : [`     ${counts}`]),
  ];
}

async function leads(args: string[], deps: CommandDeps): Promise<number> {
  const at = args.indexOf('--page');
  const page = at === -1 ? 1 : Number(args[at + 1]);
  const [name, step = null, ...more] = at === -1 ? args : args.toSpliced(at, 2);
  if (name === undefined || more.length > 0 || !Number.isInteger(page) || page < 1) return misused('leads', deps);
  const ctx = await deps.context();
  const found = await workflowLeads(ctx, { name, step, page });
  if (!found.ok) return refused(found.text, deps);
  const { facts } = found;
  const of = facts.pages > 1 ? `, page ${facts.page} of ${facts.pages}` : '';
  deps.out(
    `${facts.workflow}${facts.step === null ? '' : `, ${facts.step}`}: ${plural(facts.total, 'lead')} under way${of}\n`,
  );
  const widths = {
    email: Math.max(0, ...facts.leads.map(({ email }) => (email ?? 'erased').length)),
    step: Math.max(0, ...facts.leads.map((lead) => lead.step.length)),
  };
  for (const lead of facts.leads)
    deps.out(
      `  ${(lead.email ?? 'erased').padEnd(widths.email)}  ${lead.step.padEnd(widths.step)}  ${stands(lead, ctx.clock.now())}${lead.arm === 'ai' ? '' : ` (${lead.arm})`}\n`,
    );
  return 0;
}

function stands({ stands: standing, since }: LeadAtStep, now: Date): string {
  const ago = (date: Date): string => humanDuration(now.getTime() - date.getTime());
  switch (standing.for) {
    case 'people':
      return `waits for people for ${ago(standing.since)}, until ${utc(standing.until)}`;
    case 'time':
      return `until ${utc(standing.until)}`;
    case 'room':
      return `in line for ${ago(since)}, until people have caught up`;
    case 'paused':
      return `paused${standing.why === null ? '' : `: ${line(standing.why)}`}${standing.until === null ? '' : `; until ${utc(standing.until)}`}`;
    case 'nothing':
      return `for ${ago(since)}`;
  }
}

async function why(email: string, deps: CommandDeps): Promise<number> {
  const found = await whyLead(await deps.context(), email);
  if (!found.ok) return refused(found.text, deps);
  const { story } = found;
  const known = [story.name, story.company].flatMap((part) => (part === null ? [] : [line(part)])).join(', ');
  deps.out(
    [
      `${story.email}${known === '' ? '' : `  ${known}`}`,
      `known since ${utc(story.since)}${story.source === null ? '' : `, from ${line(story.source)}`}${story.score === null ? '' : `, score ${story.score}`}`,
      ...(story.now.length === 0 ? ['in no workflow now'] : story.now.map((stand) => `now  ${line(stand)}`)),
      '',
      ...story.lines.map(({ at, text }) => `${utc(at)}  ${line(spokenPlain(text), 500)}`),
      '',
    ].join('\n'),
  );
  return 0;
}

const actor = { type: 'person', id: 'terminal' } as const;

async function enroll(args: string[], deps: CommandDeps): Promise<number> {
  const again = args.includes('--again');
  const [name, email, ...more] = args.filter((word) => word !== '--again');
  if (name === undefined || email === undefined || more.length > 0) return misused('enroll', deps);
  const result = await enrollByHand(await deps.context(), { name, email, again, actor });
  if (!result.ok) return refused(`${result.text}${result.again ? ' To enroll it all the same: --again' : ''}`, deps);
  const where =
    result.arm === 'holdout'
      ? 'drawn into the holdout: nothing is done'
      : `it begins at ${result.step}${result.arm === 'ai' ? '' : ', in the baseline'}`;
  deps.out(
    `Enrolled ${result.email} in ${result.workflow}; ${where}.${result.paused ? ' It is paused: nothing happens until it is resumed.' : ''}\n`,
  );
  return 0;
}

async function remove(args: string[], deps: CommandDeps): Promise<number> {
  const [name, email, ...reason] = args;
  if (name === undefined || email === undefined) return misused('remove', deps);
  const result = await removeByHand(await deps.context(), { name, email, reason: reason.join(' '), actor });
  if (!result.ok) return refused(result.text, deps);
  deps.out(
    [
      `Removed ${result.email} from ${result.workflow}; it was at ${result.step}.`,
      ...(result.withdrawn ? ['Its card was withdrawn.'] : []),
      ...(result.cancelled > 0 ? [`${plural(result.cancelled, 'approved mail')} will not be sent.`] : []),
      ...(result.onTheirWay > 0 ? [`${plural(result.onTheirWay, 'mail')} can’t be called back.`] : []),
    ].join(' ') + '\n',
  );
  return 0;
}
