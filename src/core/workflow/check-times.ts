import { durationMs, humanDuration } from '../duration.ts';
import type { Workflow } from '../workflow.ts';
import type { WorkflowFinding } from './workflow-finding.ts';
import { minutesOf } from './local-time.ts';
import { deadlineMs } from './settings.ts';
import type { Step } from './step.ts';
import { sendsMail } from './ways.ts';

const DAY_MINUTES = 1440;
const MINUTE_MS = 60_000;
/** With less than this left of a day, a mail that is held once hardly ever goes. */
const LEAST_OPEN_MINUTES = 60;

/** Times that shut each other out, lie in the past, or are none. */
export function checkTimes(workflow: Workflow): WorkflowFinding[] {
  return [...checkQuietHours(workflow), ...checkDeadlines(workflow), ...eachStep(workflow, checkStepTimes)];
}

type Look = (
  workflow: Workflow,
  step: Step,
  after: Step | undefined,
  path: Array<string | number>,
) => WorkflowFinding[];

function eachStep(workflow: Workflow, look: Look): WorkflowFinding[] {
  const lists: Array<[readonly Step[], string[]]> = [[workflow.steps, ['steps']]];
  if (workflow.baseline) lists.push([workflow.baseline.steps, ['baseline', 'steps']]);
  return lists.flatMap(([steps, at]) =>
    steps.flatMap((step, i) => {
      const next = 'next' in step && step.next !== undefined ? step.next : undefined;
      const after = next === undefined ? steps[i + 1] : steps.find(({ id }) => id === next);
      return look(workflow, step, after, [...at, i]);
    }),
  );
}

type Span = { from: string; to: string };

/** Whether a minute of the day lies in a span, which may go over midnight; one from a time to the same time is empty. */
function contains({ from, to }: Span, minute: number): boolean {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
}

function minutesWhere(holds: (minute: number) => boolean): number {
  return Array.from({ length: DAY_MINUTES }, (_, minute) => minute).filter(holds).length;
}

function checkQuietHours({ quiet_hours: quiet }: Workflow): WorkflowFinding[] {
  if (!quiet) return [];
  if (quiet.from === quiet.to)
    return [
      {
        code: 'quiet_hours_empty',
        severity: 'warning',
        path: ['quiet_hours'],
        text: `Quiet hours from ${quiet.from} to ${quiet.to} are none.`,
        remedy: 'Give them a length, or take them out.',
      },
    ];
  const open = minutesWhere((minute) => !contains(quiet, minute));
  if (open >= LEAST_OPEN_MINUTES) return [];
  return [
    {
      code: 'quiet_hours_cover_all',
      severity: 'error',
      path: ['quiet_hours'],
      text: `Quiet hours from ${quiet.from} to ${quiet.to} leave ${humanDuration(open * MINUTE_MS)} of a day for mails.`,
      remedy: 'Shorten them.',
    },
  ];
}

function checkDeadlines(workflow: Workflow): WorkflowFinding[] {
  const asked = new Set(workflow.steps.flatMap((step) => ('decide' in step ? [step.decide] : [])));
  return [...asked]
    .filter((kind) => deadlineMs(workflow, kind) < 10 * MINUTE_MS)
    .map((kind) => ({
      code: 'deadline_short',
      severity: 'error',
      path: workflow.deadlines?.[kind] === undefined ? ['deadline'] : ['deadlines', kind],
      text: `People have ${humanDuration(deadlineMs(workflow, kind))} to decide a ${kind}.`,
      remedy: 'Give them at least ten minutes; a day or more is usual.',
    }));
}

function checkStepTimes(
  workflow: Workflow,
  step: Step,
  after: Step | undefined,
  path: Array<string | number>,
): WorkflowFinding[] {
  const quiet = workflow.quiet_hours;
  if (
    'window' in step &&
    quiet &&
    minutesWhere((minute) => contains(step.window, minute) && !contains(quiet, minute)) === 0
  )
    return [
      {
        code: 'window_is_quiet',
        severity: 'error',
        path: [...path, 'window'],
        text: `The window ${step.window.from}–${step.window.to} of step “${step.id}” lies inside the quiet hours ${quiet.from}–${quiet.to}: its mails go after them.`,
        remedy: 'Move the window, or the quiet hours.',
      },
    ];
  if ('wait_until' in step && durationMs(step.timeout) === 0) return [noTime(step.id, [...path, 'timeout'])];
  if (!('wait' in step)) return [];
  const { wait } = step;
  if (typeof wait === 'string') return durationMs(wait) === 0 ? [noTime(step.id, [...path, 'wait'])] : [];
  if ('until' in wait)
    return quiet && after && sendsMail(after) && contains(quiet, minutesOf(wait.until))
      ? [
          {
            code: 'wait_ends_in_quiet_hours',
            severity: 'warning',
            path: [...path, 'wait', 'until'],
            text: `Step “${step.id}” waits until ${wait.until}, in the quiet hours ${quiet.from}–${quiet.to}: the mail after it goes when they end.`,
            remedy: `Wait until ${quiet.to} or later.`,
          },
        ]
      : [];
  return checkDate(workflow, { id: step.id, wait }, after, [...path, 'wait']);
}

function noTime(id: string, path: Array<string | number>): WorkflowFinding {
  return {
    code: 'wait_of_no_time',
    severity: 'warning',
    path,
    text: `Step “${id}” waits no time at all.`,
    remedy: 'Give it a length, or take it out.',
  };
}

/** Facts that say what was: a moment before them has always passed when a lead comes. */
const PAST_FACTS = /^(?:created|downloaded|signed_?up|submitted|registered)(?:_?(?:at|on|date))?$/i;

function checkDate(
  workflow: Workflow,
  { id, wait }: { id: string; wait: Extract<Extract<Step, { wait: unknown }>['wait'], { until_date: string }> },
  after: Step | undefined,
  path: Array<string | number>,
): WorkflowFinding[] {
  const offset = wait.offset ?? '0d';
  const before = offset.startsWith('-');
  const length = durationMs(offset.replace(/^[+-]/, ''));
  if (PAST_FACTS.test(wait.until_date) && (before || length === 0))
    return [
      {
        code: 'wait_in_the_past',
        severity: 'error',
        path: [...path, 'until_date'],
        text: `Step “${id}” waits for a moment that has passed when a lead comes: ${offset === '0d' ? '' : `${offset} `}${wait.until_date}.`,
        remedy: 'Use a date that lies ahead, or an offset after it, such as 7d.',
      },
    ];
  if (before && after && 'decide' in after && sendsMail(after) && deadlineMs(workflow, after.decide) >= length)
    return [
      {
        code: 'decided_after_the_date',
        severity: 'warning',
        path: [...path, 'offset'],
        text: `The mail of step “${after.id}” is drafted ${humanDuration(length)} before ${wait.until_date}, but may be decided ${humanDuration(deadlineMs(workflow, after.decide))} later: after the date.`,
        remedy: 'Draft it earlier, or give its decision a shorter deadline (deadlines).',
      },
    ];
  return [];
}
