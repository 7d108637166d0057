import { didYouMean } from '../did-you-mean.ts';
import { durationMs } from '../duration.ts';
import { outcomeTypes } from '../outcome.ts';
import type { Workflow } from '../workflow.ts';
import { checkMails } from './check-mails.ts';
import { checkTimes } from './check-times.ts';
import { type Condition, mentions } from './condition.ts';
import { namedFields } from './lead-fields.ts';
import { goalOf, triggersOf } from './settings.ts';
import type { Step } from './step.ts';
import { slotsIn } from './template.ts';
import { mostMails, reachable } from './ways.ts';
import { isError, type WorkflowFinding } from './workflow-finding.ts';

/** What the workspace knows; null where nobody knows, so that nothing is called unknown for want of looking. */
export type KnownNames = {
  segments: readonly string[] | null;
  fields: readonly string[] | null;
  events: readonly string[] | null;
};
export const NOTHING_KNOWN: KnownNames = { segments: null, fields: null, events: null };

type Track = { steps: readonly Step[]; at: string[] };

/** Everything worth saying about a workflow that parsed; empty for one that is as it should be. Errors come first. */
export function checkWorkflow(workflow: Workflow, known: KnownNames = NOTHING_KNOWN): WorkflowFinding[] {
  const tracks: Track[] = [{ steps: workflow.steps, at: ['steps'] }];
  if (workflow.baseline) tracks.push({ steps: workflow.baseline.steps, at: ['baseline', 'steps'] });
  const findings = [
    ...tracks.flatMap((track) => [
      ...checkWays(track),
      ...checkCap(workflow, track),
      ...track.steps.flatMap((step, i) => checkStep(workflow, step, [...track.at, i])),
    ]),
    ...checkEnds(workflow),
    ...checkCohort(workflow),
    ...checkApprovers(workflow),
    ...checkTimes(workflow),
    ...checkMails(workflow),
    ...checkNames(workflow, known, tracks),
  ];
  return [...findings.filter(isError), ...findings.filter((finding) => !isError(finding))];
}

function checkWays({ steps, at }: Track): WorkflowFinding[] {
  const found = reachable(steps);
  return steps.flatMap(({ id }, i) =>
    found.has(id)
      ? []
      : [
          {
            code: 'unreachable_step',
            severity: 'error',
            path: [...at, i, 'id'],
            text: `No lead ever comes to step “${id}”.`,
            remedy: 'Lead a way to it (next, go, on_timeout), or take it out.',
          },
        ],
  );
}

function checkCap(workflow: Workflow, { steps }: Track): WorkflowFinding[] {
  const { mails, within } = workflow.cap;
  const most = mostMails(steps, durationMs(within));
  if (most.length <= mails) return [];
  return [
    {
      code: 'cap_starves',
      severity: 'warning',
      path: ['cap', 'mails'],
      text: `A lead may be due ${most.length} mails within ${within} (${most.join(', ')}), but the cap lets ${mails} out: the rest waits.`,
      remedy: 'Raise the cap, or put longer waits between these steps.',
    },
  ];
}

function checkStep(workflow: Workflow, step: Step, path: Array<string | number>): WorkflowFinding[] {
  if ('decide' in step && step.fallback === undefined)
    return [
      {
        code: 'missing_fallback',
        severity: 'warning',
        path,
        text: `Step “${step.id}” does not say what happens when the model fails, the budget is spent or nobody decides.`,
        remedy: `Give it a fallback; left out, people are asked, and after ${workflow.deadlines?.[step.decide] ?? workflow.deadline} of silence a lead ${workflow.on_expire === 'exit' ? 'leaves' : 'goes on'}.`,
      },
    ];
  const goals = 'branch' in step ? step.branch : 'split' in step ? step.split : [];
  if (goals.length > 0 && new Set(goals.map(({ go }) => go)).size === 1)
    return [
      {
        code: 'same_way',
        severity: 'warning',
        path,
        text: `All ways of step “${step.id}” lead to “${goals[0]?.go}”.`,
        remedy: 'Lead them to different steps, or take the step out.',
      },
    ];
  if ('webhook' in step && step.webhook.url.startsWith('http:'))
    return [
      {
        code: 'webhook_in_clear',
        severity: 'warning',
        path: [...path, 'webhook', 'url'],
        text: `The webhook of step “${step.id}” is called without encryption.`,
        remedy: 'Use an https address.',
      },
    ];
  return [];
}

function checkEnds(workflow: Workflow): WorkflowFinding[] {
  if (goalOf(workflow).when !== null || (workflow.exit_when ?? []).length > 0) return [];
  return [
    {
      code: 'no_exit',
      severity: 'warning',
      path: ['goal'],
      text: 'Nothing says when a lead has reached the goal: it leaves only by a reply, by unsubscribing, or at the end.',
      remedy: 'Write goal: {description, when}, or exit_when.',
    },
  ];
}

function checkCohort({ baseline, cohort }: Workflow): WorkflowFinding[] {
  if (!baseline || cohort !== undefined) return [];
  return [
    {
      code: 'baseline_unused',
      severity: 'warning',
      path: ['baseline'],
      text: 'The baseline has no leads, because no cohort gives it a share.',
      remedy: 'Write cohort: {ai: 90, baseline: 10}, or baseline: 0 to keep it for later.',
    },
  ];
}

function checkApprovers(workflow: Workflow): WorkflowFinding[] {
  const asked = new Set(workflow.steps.flatMap((step) => ('decide' in step ? [step.decide] : [])));
  return [...asked]
    .filter((kind) => workflow.approvers[kind].length === 0)
    .map((kind) => ({
      code: 'nobody_decides',
      severity: 'error',
      path: ['approvers', kind],
      text: `Nobody may decide a ${kind}, so that each expires.`,
      remedy: 'Name people (U…) or user groups (S…).',
    }));
}

type Place = { condition: Condition; path: Array<string | number> };

function conditionsOf(workflow: Workflow, tracks: readonly Track[]): Place[] {
  const places: Place[] = [];
  const add = (condition: Condition | undefined | null, ...path: Array<string | number>) => {
    if (condition) places.push({ condition, path });
  };
  add(goalOf(workflow).when, 'goal', 'when');
  workflow.exit_when?.forEach(({ when }, i) => add(when, 'exit_when', i, 'when'));
  triggersOf(workflow).forEach((trigger, i) => {
    if (trigger.on !== 'manual') add(trigger.when, ...(workflow.triggers ? ['triggers', i] : ['trigger']), 'when');
  });
  for (const { steps, at } of tracks)
    steps.forEach((step, i) => {
      if ('wait_until' in step) add(step.wait_until, ...at, i, 'wait_until');
      if ('branch' in step) step.branch.forEach(({ when }, j) => add(when, ...at, i, 'branch', j, 'when'));
    });
  return places;
}

function checkNames(workflow: Workflow, known: KnownNames, tracks: readonly Track[]): WorkflowFinding[] {
  const fields = known.fields === null ? null : [...namedFields, ...known.fields];
  const events = known.events === null ? null : [...outcomeTypes, 'created', 'downloaded', ...known.events];
  const findings: WorkflowFinding[] = [];
  const look = (
    what: 'segment' | 'field' | 'event',
    name: string,
    list: readonly string[] | null,
    path: Place['path'],
  ) => {
    if (list !== null && !list.some((one) => plain(one) === plain(name)))
      findings.push(unknownName(what, name, list, path));
  };
  for (const { condition, path } of conditionsOf(workflow, tracks)) {
    const names = mentions(condition);
    for (const name of names.segments) look('segment', name, known.segments, path);
    for (const name of names.fields) look('field', name, fields, path);
    for (const name of names.events) look('event', name, events, path);
  }
  triggersOf(workflow).forEach((trigger, i) => {
    const path = workflow.triggers ? ['triggers', i] : ['trigger'];
    if (trigger.on === 'segment') look('segment', trigger.segment, known.segments, [...path, 'segment']);
    if (trigger.on === 'event') look('event', trigger.event, events, [...path, 'event']);
  });
  for (const { steps, at } of tracks)
    steps.forEach((step, i) => {
      if ('wait' in step && typeof step.wait === 'object' && 'until_date' in step.wait)
        look('field', step.wait.until_date, fields, [...at, i, 'wait', 'until_date']);
      for (const { name } of textsOf(step).flatMap(slotsIn)) look('field', name, fields, [...at, i]);
    });
  return findings;
}

function textsOf(step: Step): string[] {
  if ('send' in step) return [step.send.subject, step.send.text];
  if ('decide' in step && step.fallback?.mail) return [step.fallback.mail.subject, step.fallback.mail.text];
  if ('webhook' in step) return Object.values(step.webhook.body ?? {}).filter((value) => typeof value === 'string');
  return 'task' in step ? [step.task.text] : [];
}

function unknownName(
  what: 'segment' | 'field' | 'event',
  name: string,
  list: readonly string[],
  path: Place['path'],
): WorkflowFinding {
  const near = didYouMean(name, list);
  const remedy = {
    segment: 'Save it (leads segments save NAME FILE), or correct its name; until then no lead is in it.',
    field: 'Correct the name, or import leads that have this column.',
    event: 'Correct the name; an event is known once one of its type came in.',
  }[what];
  return {
    code: `unknown_${what}`,
    severity: 'warning',
    path,
    text: `There is no ${what} “${name}”${near === null ? '' : `; did you mean “${near}”?`}${near === null ? '.' : ''}`,
    remedy,
  };
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
