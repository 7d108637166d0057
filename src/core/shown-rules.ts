import { kinds } from './kinds/kind.ts';
import { conditionWords, durationWords } from './workflow/condition-words.ts';
import { cohortOf, goalOf, priorityOf, triggersOf } from './workflow/settings.ts';
import { triggerWords } from './workflow/step-words.ts';
import type { Workflow } from './workflow.ts';

/** A rule of a workflow in words: what it is about, and what it says. */
export type ShownRule = { about: string; says: string };

/** What holds for the whole workflow, in the order in which people ask for it; only what the workflow says something about. */
export function shownRules(workflow: Workflow): ShownRule[] {
  const { cohort, re_entry: again, exit_when: exits, quiet_hours: quiet, cap, deadline, deadlines } = workflow;
  const goal = goalOf(workflow);
  const shares = cohortOf(workflow);
  const own = kinds.flatMap((kind) => (deadlines?.[kind] ? [`${kind} ${durationWords(deadlines[kind])}`] : []));
  return [
    { about: 'Begins with', says: triggersOf(workflow).map(triggerWords).join('; ') },
    {
      about: 'Goal',
      says: goal.when === null ? goal.description : `${goal.description} (${conditionWords(goal.when)})`,
    },
    ...(exits === undefined || exits.length === 0
      ? []
      : [
          {
            about: 'Leaves at once',
            says: exits.map(({ reason, when }) => `${reason} (${conditionWords(when)})`).join('; '),
          },
        ]),
    { about: 'Takes leads again', says: reentryWords(again) },
    ...(cohort === undefined
      ? []
      : [
          {
            about: 'Leads',
            says: `${shares.ai} % with the AI, ${shares.baseline} % in the baseline, ${shares.holdout} % held out`,
          },
        ]),
    {
      about: 'At most',
      says: `${cap.mails} ${cap.mails === 1 ? 'mail' : 'mails'} within ${durationWords(cap.within)}, over all workflows`,
    },
    ...(quiet === undefined ? [] : [{ about: 'Quiet hours', says: `${quiet.from}–${quiet.to} where the lead is` }]),
    { about: 'Time for a decision', says: [durationWords(deadline), ...own].join('; ') },
    { about: 'When rejected', says: endWords(workflow.on_reject) },
    { about: 'When nobody decides', says: endWords(workflow.on_expire) },
    ...(workflow.account_pause === undefined
      ? []
      : [
          {
            about: 'When a colleague answers',
            says:
              workflow.account_pause === 'never'
                ? 'the lead goes on'
                : `paused for ${durationWords(workflow.account_pause)}`,
          },
        ]),
    ...(workflow.priority === undefined ? [] : [{ about: 'Priority', says: `${priorityOf(workflow)} of 100` }]),
  ];
}

function reentryWords(rule: Workflow['re_entry']): string {
  if (rule === undefined || rule === 'never') return 'never';
  return rule === 'always' ? 'always' : `${durationWords(rule.after)} after they left`;
}

function endWords(what: 'continue' | 'exit'): string {
  return what === 'continue' ? 'the lead goes on' : 'the lead leaves';
}
